import type { IsoContent, IsoInput } from '@ingot/iso9660';

import type { Plan, PlannedFile } from './plan.ts';

/** What an ISO is laid out from: the part of a plan that says which files there are. */
export type PlannedTree = Pick<Plan, 'files' | 'links'>;

/** Modes on the ISO: nginx reads the files as another user, so everybody may read. metalk8s-solution: "Files must be readable by everybody". */
const fileMode = 0o444;
const programMode = 0o555;

/** The entries of the ISO that a plan describes; `contentOf` says where a file's bytes are. Equal digests share an extent. */
export function isoTree(tree: PlannedTree, contentOf: (file: PlannedFile) => IsoContent): IsoInput[] {
  const files = tree.files.map((file): IsoInput => ({
    type: 'file',
    path: file.path,
    size: file.size,
    mode: file.executable ? programMode : fileMode,
    key: file.digest,
    digest: file.digest,
    content: contentOf(file),
  }));
  const links = tree.links.map(({ path, target }): IsoInput => ({ type: 'symlink', path, target }));
  return [...files, ...links];
}
