import { claimOf, withPlace, type Place } from '@ingot/workspace';
import { plainYaml, referenceToLock } from '@ingot/workspace/inference';
import { parseReference, type Reference } from '@ingot/registry/reference';
import { globAsync, type Tree } from '@nx/devkit';

/** A reference that the lock must pin, and a file that names it. */
export interface NamedReference {
  readonly reference: Reference;
  /** Where it is named first. */
  readonly place: Place;
}

/** Every `docker://` source without a digest in the workspace's project files, of whichever kind. */
export async function referencesIn(tree: Tree): Promise<NamedReference[]> {
  const found: NamedReference[] = [];
  for (const file of (await globAsync(tree, ['**/*.yaml'])).sort()) {
    const text = tree.read(file, 'utf8') ?? '';
    if (claimOf(text) === undefined) continue;
    for (const source of sourcesIn(await plainYaml(text))) {
      const reference = referenceToLock(source);
      if (reference === undefined) continue;
      const place = placeOf(source, text, file);
      found.push({ place, reference: await withPlace(place, () => parseReference(reference)) });
    }
  }
  return found;
}

/** Where a source is written: the line that has it. */
function placeOf(source: string, text: string, file: string): Place {
  const lines = text.split('\n');
  const line = Math.max(
    0,
    lines.findIndex((each) => each.includes(source)),
  );
  return { file, line: line + 1, column: lines[line]!.indexOf(source) + 1 || 1 };
}

/**
 * Every text below a key `from` or `rootfs`, and in a list `bundles`, wherever it stands. Aliases make no loops: YAML has
 * no way to write one.
 */
function sourcesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(sourcesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]: [string, unknown]) =>
    (key === 'from' || key === 'rootfs') && typeof each === 'string'
      ? [each]
      : [...(key === 'bundles' ? textsIn(each) : []), ...sourcesIn(each)],
  );
}

function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
