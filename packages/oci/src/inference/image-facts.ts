import { posix } from 'node:path';
import { listOf, recordOf, referenceToLock, sourcePath, textOf } from '@ingot/workspace/inference';
import { pushFacts, type PushFacts } from './push-facts.ts';

/** Where a target makes files that go into a layer. */
export interface MadeFiles {
  /** Undefined: this project. */
  readonly project?: string;
  readonly target?: string;
  readonly from: string;
}

/** A Dockerfile and its context: paths within the project. */
export interface DockerfileFacts {
  readonly file: string;
  readonly context: string;
}

/** What inference takes out of an image.yaml. JSON. */
export interface ImageFacts {
  readonly name?: string;
  /** The project that it is built on. */
  readonly base?: string;
  /** The files or folders of a base that lies in the project. */
  readonly basePaths: readonly string[];
  /** The image of a registry that it is built on, which ingot.lock pins. */
  readonly toLock?: string;
  /** Its base is outside of what can be hashed. */
  readonly volatile: boolean;
  /** What layers copy of this project's folder and, possibly, of its `build` target's output. */
  readonly own: readonly string[];
  readonly made: readonly MadeFiles[];
  /** Absent: the image is assembled. */
  readonly dockerfile?: DockerfileFacts;
  /** The version is that of package.json. */
  readonly packageVersion: boolean;
  /** Absent: it is not pushed. */
  readonly push?: PushFacts;
}

/**
 * Out of a plain YAML value that nobody has checked; what is not as it should be is left out, for the executor to
 * report.
 */
export function imageFacts(value: unknown): ImageFacts {
  const file = recordOf(value);
  const from = textOf(file['from']) ?? '';
  const base = /^project:(.+)$/.exec(from)?.[1];
  const path = sourcePath(from);
  const entries = listOf(file['layers']).flatMap((layer) => listOf(recordOf(layer)['files']).map(recordOf));
  const name = textOf(file['name']);
  const toLock = referenceToLock(from);
  const dockerfile = dockerfileFacts(file['dockerfile']);
  const push = pushFacts(file);
  return {
    ...(name === undefined ? {} : { name }),
    ...(dockerfile === undefined ? {} : { dockerfile }),
    ...(base === undefined ? {} : { base }),
    basePaths: path === undefined || leaves(path) ? [] : [posix.normalize(path).replace(/\/$/, '')],
    ...(toLock === undefined ? {} : { toLock }),
    volatile: from.startsWith('docker-daemon:'),
    own: entries.filter((entry) => textOf(entry['target']) === undefined).flatMap(pathOf),
    made: entries.flatMap((entry) => madeBy(entry, pathOf(entry))),
    packageVersion: file['version'] === 'package.json',
    ...(push === undefined ? {} : { push }),
  };
}

/** The files of an entry (`paths`, out of its `from`) that a target makes; none where it names no target. */
export function madeBy(entry: Readonly<Record<string, unknown>>, paths: readonly string[]): MadeFiles[] {
  const target = textOf(entry['target']);
  const project = textOf(entry['project']);
  if (target === undefined) return [];
  return paths.map((from) => ({ target, from, ...(project === undefined ? {} : { project }) }));
}

/** Of a `dockerfile` key. Undefined, too, where file or context leaves the project: the executor says so. */
export function dockerfileFacts(value: unknown): DockerfileFacts | undefined {
  if (value === undefined) return undefined;
  const map = recordOf(value);
  const context = posix.normalize(textOf(map['context']) ?? '.').replace(/(?<=.)\/$/, '');
  const file = posix.normalize(textOf(value) ?? textOf(map['file']) ?? posix.join(context, 'Dockerfile'));
  return leaves(context) || leaves(file) ? undefined : { file, context };
}

/** `from`, with a star for what a platform fills in. */
function pathOf(entry: Readonly<Record<string, unknown>>): string[] {
  const from = textOf(entry['from']);
  if (from === undefined || leaves(from)) return [];
  return [
    posix
      .normalize(from.replace(/^\{workspaceRoot\}\//, '').replaceAll(/\{(os|arch|variant)\}/g, '*'))
      .replace(/\/$/, ''),
  ];
}

function leaves(path: string): boolean {
  return path.startsWith('/') || path.split('/').includes('..');
}
