import { posix } from 'node:path';
import { madeBy, pushFacts, type MadeFiles, type PushFacts } from '@ingot/oci/inference';
import { listOf, recordOf, textOf } from '@ingot/workspace/inference';

/** What inference takes out of a bundle.yaml. JSON. */
export interface BundleFacts {
  readonly name?: string;
  /** Paths and globs of the project's own folder. */
  readonly own: readonly string[];
  readonly made: readonly MadeFiles[];
  /** Projects whose images are named by what other targets make. */
  readonly images: readonly string[];
  readonly packageVersion: boolean;
  /** Absent: it is not pushed. */
  readonly push?: PushFacts;
}

/**
 * Out of a plain YAML value that nobody has checked; what is not as it should be is left out, for the executor to
 * report.
 */
export function bundleFacts(value: unknown): BundleFacts {
  const file = recordOf(value);
  const name = textOf(file['name']);
  const sources = [
    ...listOf(file['manifests']),
    ...listOf(recordOf(file['registry'])['metadata']),
    ...(file['chart'] === undefined ? [] : [file['chart']]),
  ].map((source) => (typeof source === 'string' ? { from: source } : recordOf(source)));
  const push = pushFacts(file);
  return {
    ...(name === undefined ? {} : { name }),
    own: sources.filter((source) => textOf(source['target']) === undefined).flatMap(pathOf),
    made: sources.flatMap((source) => madeBy(source, pathOf(source))),
    images: listOf(file['images']).flatMap((each) => textOf(each) ?? []),
    packageVersion: file['version'] === 'package.json',
    ...(push === undefined ? {} : { push }),
  };
}

function pathOf(source: Readonly<Record<string, unknown>>): string[] {
  const from = textOf(source['from']);
  if (from === undefined || from.startsWith('/') || from.split('/').includes('..')) return [];
  return [posix.normalize(from.replace(/^\{workspaceRoot\}\//, '')).replace(/\/$/, '')];
}
