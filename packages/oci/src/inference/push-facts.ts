import { listOf, recordOf } from '@ingot/workspace/inference';

/** A target whose output is attached to what is pushed. */
export interface AttachedMaker {
  /** Undefined: this project. */
  readonly project?: string;
  readonly target: string;
}

/** What inference takes out of the push keys of an image.yaml or artifact.yaml. JSON. */
export interface PushFacts {
  readonly attached: readonly AttachedMaker[];
}

/** Out of a plain YAML value that nobody has checked; undefined where the file names no repository. */
export function pushFacts(value: unknown): PushFacts | undefined {
  const file = recordOf(value);
  if (file['repository'] === undefined) return undefined;
  const files = listOf(file['attach']).flatMap((each) => listOf(recordOf(each)['files']));
  return { attached: files.map(recordOf).flatMap(makerOf) };
}

function makerOf({ target, project }: Readonly<Record<string, unknown>>): AttachedMaker[] {
  if (typeof target !== 'string' || target === '') return [];
  return [{ target, ...(typeof project === 'string' && project !== '' ? { project } : {}) }];
}
