import type { Path, Place, ProjectFile } from '@ingot/workspace';
import { parseMode, parseOwner, type Owner } from './permissions.ts';

/** A `files` entry of a layer. */
export interface FilesDescription {
  /** Of `from`. */
  readonly place: Place;
  readonly targetPlace: Place;
  readonly projectPlace: Place;
  readonly from: string;
  readonly to: string;
  /** Of files; undefined: by what their owner may execute. */
  readonly mode: number | undefined;
  readonly owner: Owner;
  readonly exclude: readonly string[];
  readonly target: string | undefined;
  readonly project: string | undefined;
}

/** What the schema lets through of an entry. */
export interface WrittenFiles {
  readonly from: string;
  readonly to: string;
  readonly exclude?: readonly string[];
  readonly target?: string;
  readonly project?: string;
}

/** Reads what stands at a path; collects what is wrong with it, and answers with `otherwise`. */
export type Attempt = <T>(path: Path, otherwise: T, read: () => T) => T;

/** The `files` entry at a path of a project file. */
export function describeFiles(
  file: ProjectFile<object>,
  at: Path,
  { from, to, exclude = [], target, project }: WrittenFiles,
  attempt: Attempt,
): FilesDescription {
  return {
    place: file.place([...at, 'from']),
    targetPlace: file.place([...at, 'target']),
    projectPlace: file.place([...at, 'project']),
    from,
    to,
    mode: attempt([...at, 'mode'], undefined, () => parseMode(file.text([...at, 'mode']))),
    owner: attempt([...at, 'owner'], { uid: 0, gid: 0 }, () => parseOwner(file.text([...at, 'owner']))),
    exclude,
    target,
    project,
  };
}
