import { claimOf, ProjectError } from '@ingot/workspace';
import { plainYaml, referenceToLock } from '@ingot/workspace/inference';
import { parseReference, type Reference } from '@ingot/registry/reference';
import { globAsync, type Tree } from '@nx/devkit';

/** A reference that the lock must pin, and a file that names it. */
export interface NamedReference {
  readonly reference: Reference;
  readonly file: string;
}

/** Every `docker://` source without a digest in the workspace's project files, of whichever kind. */
export async function referencesIn(tree: Tree): Promise<NamedReference[]> {
  const found: NamedReference[] = [];
  for (const file of (await globAsync(tree, ['**/*.yaml'])).sort()) {
    const text = tree.read(file, 'utf8') ?? '';
    if (claimOf(text) === undefined) continue;
    for (const source of sourcesIn(await plainYaml(text))) {
      const reference = referenceToLock(source);
      if (reference !== undefined) found.push({ file, reference: parsed(reference, file) });
    }
  }
  return found;
}

function parsed(reference: string, file: string): Reference {
  try {
    return parseReference(reference);
  } catch (cause) {
    const { code, message, help } = cause as ProjectError;
    throw new ProjectError(code, message, { path: file, cause, ...(help === undefined ? {} : { help }) });
  }
}

/** Every text below a key `from`, wherever it stands. Aliases make no loops: YAML has no way to write one. */
function sourcesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(sourcesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]: [string, unknown]) =>
    key === 'from' && typeof each === 'string' ? [each] : sourcesIn(each),
  );
}
