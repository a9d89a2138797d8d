import { posix } from 'node:path';
import { pushFacts, type PushFacts } from '@ingot/oci/inference';
import { listOf, recordOf, referenceToLock, sourcePath, textOf } from '@ingot/workspace/inference';

/** What inference takes out of a catalog.yaml. JSON. */
export interface CatalogFacts {
  readonly name?: string;
  /** The projects whose bundles it lists. */
  readonly projects: readonly string[];
  /** Bundles of registries, which ingot.lock pins. */
  readonly toLock: readonly string[];
  /** Paths within the project: bundles that lie there, icons. */
  readonly own: readonly string[];
  readonly packageVersion: boolean;
  /** Absent: it is not pushed. */
  readonly push?: PushFacts;
}

/** As bundleFacts. */
export function catalogFacts(value: unknown): CatalogFacts {
  const file = recordOf(value);
  const name = textOf(file['name']);
  const bundles = listOf(file['bundles']).flatMap((each) => textOf(each) ?? textOf(recordOf(each)['from']) ?? []);
  const icons = listOf(file['packages']).flatMap((each) => textOf(recordOf(each)['icon']) ?? []);
  const push = pushFacts(file);
  return {
    ...(name === undefined ? {} : { name }),
    projects: bundles.flatMap((source) => /^project:(.+)$/.exec(source)?.[1] ?? []),
    toLock: bundles.flatMap((source) => referenceToLock(source) ?? []),
    own: [...bundles.flatMap((source) => sourcePath(source) ?? []), ...icons]
      .filter((path) => !path.startsWith('/') && !path.split('/').includes('..'))
      .map((path) => posix.normalize(path).replace(/\/$/, '')),
    packageVersion: file['version'] === 'package.json',
    ...(push === undefined ? {} : { push }),
  };
}
