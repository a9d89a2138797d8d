import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { posix, join } from 'node:path';
import { claimOf, isOurKind } from '../project-file/claim.ts';
import { openCache } from './cache.ts';

export interface FactsOptions<Facts> {
  /** The kind of the first key: `image` of `ingot: image/v1`. What counts as it: `isOurKind`. */
  readonly kind: string;
  /** Names the cache: the plugin's package. */
  readonly plugin: string;
  /** Raised whenever `read` answers differently between two releases: another release of Ingot reads all again anyhow. */
  readonly version: string;
  /**
   * Takes out of a file's plain value what inference needs. The value may be anything (the file is not checked against
   * its schema here, so that a mistake in it fails its own targets and nothing else), undefined too.
   * Must depend on nothing but the value, and answer with what JSON can hold.
   */
  readonly read: (value: unknown) => Facts;
}

export interface ProjectFacts<Facts> {
  /** The project file, relative to the workspace's root. */
  readonly file: string;
  /** Its folder: the project's root; `.` at the top. */
  readonly root: string;
  readonly facts: Facts;
}

/**
 * What inference needs to know of each project file that is ours, in the order of `files`. Parses only files that
 * changed since the last time (by the hash of their text).
 */
export async function projectFacts<Facts>(
  files: readonly string[],
  workspaceRoot: string,
  options: FactsOptions<Facts>,
): Promise<ProjectFacts<Facts>[]> {
  const cache = openCache<Facts>(workspaceRoot, options.plugin, `${packageVersion()}/${options.version}`);
  const found: ProjectFacts<Facts>[] = [];
  for (const file of files) {
    const text = readText(join(workspaceRoot, file));
    if (text === undefined || !isOurKind(claimOf(text), options.kind)) continue;
    const key = createHash('sha256').update(text).digest('hex');
    const facts = cache.get(key) ?? options.read(await plainYaml(text));
    cache.set(key, facts);
    found.push({ file, root: posix.dirname(file), facts });
  }
  cache.save();
  return found;
}

/**
 * The value of a YAML text, and of a broken one as much as can be understood, so that a project keeps its name while
 * its file is being edited. Loads the parser only here: an unchanged workspace never needs it.
 */
export async function plainYaml(text: string): Promise<unknown> {
  const { parse } = await import('yaml');
  try {
    return parse(text, { maxAliasCount: 100, logLevel: 'silent', uniqueKeys: false });
  } catch {
    return undefined;
  }
}

/** Of this package; Ingot's packages are released together, each with this one's exact version. */
function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** Undefined where there is no such file. */
function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
