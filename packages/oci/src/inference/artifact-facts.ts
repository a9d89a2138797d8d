import { listOf, recordOf, textOf } from '@ingot/workspace/inference';
import { posix } from 'node:path';
import { madeBy, type MadeFiles } from './image-facts.ts';
import { pushFacts, type PushFacts } from './push-facts.ts';

/** What inference takes out of an artifact.yaml. JSON. */
export interface ArtifactFacts {
  readonly name?: string;
  /** Files of this project's folder and, possibly, of its `build` target's output. */
  readonly own: readonly string[];
  /** Files that a named target makes. */
  readonly made: readonly MadeFiles[];
  /** The version is that of package.json. */
  readonly packageVersion: boolean;
  /** Absent: it is not pushed. */
  readonly push?: PushFacts;
}

/**
 * Out of a plain YAML value that nobody has checked; what is not as it should be is left out, for the executor to
 * report.
 */
export function artifactFacts(value: unknown): ArtifactFacts {
  const file = recordOf(value);
  const entries = [...listOf(file['files']), ...listOf(file['disks']), file['kernel'], file['ramdisk']].map(recordOf);
  const name = textOf(file['name']);
  const push = pushFacts(file);
  return {
    ...(name === undefined ? {} : { name }),
    own: entries.filter((entry) => textOf(entry['target']) === undefined).flatMap(pathOf),
    made: entries.flatMap((entry) => madeBy(entry, pathOf(entry))),
    packageVersion: file['version'] === 'package.json',
    ...(push === undefined ? {} : { push }),
  };
}

function pathOf(entry: Readonly<Record<string, unknown>>): string[] {
  const from = textOf(entry['from']);
  if (from === undefined || from.startsWith('/') || from.split('/').includes('..')) return [];
  return [posix.normalize(from.replace(/^\{workspaceRoot\}\//, '')).replace(/\/$/, '')];
}
