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
  const file = record(value);
  if (file['repository'] === undefined) return undefined;
  const files = list(file['attach']).flatMap((each) => list(record(each)['files']));
  return { attached: files.map(record).flatMap(makerOf) };
}

function makerOf({ target, project }: Readonly<Record<string, unknown>>): AttachedMaker[] {
  if (typeof target !== 'string' || target === '') return [];
  return [{ target, ...(typeof project === 'string' && project !== '' ? { project } : {}) }];
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
