import { posix } from 'node:path';
import { dockerfileFacts, madeBy, type DockerfileFacts, type MadeFiles } from '@ingot/oci/inference';
import { listOf, recordOf, referenceToLock, sourcePath, textOf } from '@ingot/workspace/inference';
import { formats, withDisk, type Format } from '../description/formats.ts';
import { hookFiles } from './hook-files.ts';

/** What inference takes out of an os-image.yaml. JSON. */
export interface OsImageFacts {
  readonly name?: string;
  /** With disk, where one of them is made of disks. */
  readonly formats: readonly Format[];
  /** What is read of the project's folder: globs and paths. */
  readonly own: readonly string[];
  readonly made: readonly MadeFiles[];
  /** The project whose image the root file system is. */
  readonly base?: string;
  /** The image of a registry, which ingot.lock pins. */
  readonly toLock?: string;
  readonly dockerfile?: DockerfileFacts;
  /** Its versions can be locked. */
  readonly hasPackages: boolean;
  /** Part of what it is made of lies where nothing can be hashed. */
  readonly volatile: boolean;
  /** The formats that are pushed. */
  readonly pushed: readonly Format[];
  readonly publishes: boolean;
}

/**
 * Out of a plain YAML value that nobody has checked; what is not as it should be is left out, for the executor to
 * report.
 */
export function osImageFacts(value: unknown): OsImageFacts {
  const file = recordOf(value);
  const name = textOf(file['name']);
  const files = listOf(file['files']).map(recordOf);
  const rootfs = rootfsOf(file['rootfs']);
  const entries = [...files, ...(rootfs.from === undefined ? [] : [rootfs])];
  const source = textOf(rootfs.from) ?? '';
  const base = /^project:(.+)$/.exec(source)?.[1];
  const toLock = referenceToLock(source);
  const dockerfile = dockerfileFacts(file['dockerfile']);
  return {
    ...(name === undefined ? {} : { name }),
    formats: withDisk(listOf(file['formats'])),
    own: [
      ...entries.filter((entry) => textOf(entry['target']) === undefined).flatMap(pathOf),
      ...mmdebstrapInputs(recordOf(file['mmdebstrap'])),
      ...commandInputs(file['command']),
    ],
    made: entries.flatMap((entry) => madeBy(entry, pathOf(entry))),
    ...(base === undefined ? {} : { base }),
    ...(toLock === undefined ? {} : { toLock }),
    ...(dockerfile === undefined ? {} : { dockerfile }),
    hasPackages: file['mmdebstrap'] !== undefined || file['dockerfile'] !== undefined,
    volatile: source.startsWith('docker-daemon:') || (source.startsWith('/') && source !== '/'),
    pushed: formats.filter((format) => recordOf(file['push'])[format] !== undefined),
    publishes: file['publish'] !== undefined,
  };
}

function rootfsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'string' ? { from: value } : recordOf(value);
}

/** Hooks run in the project's folder. */
function mmdebstrapInputs({ keyrings, inputs, hooks }: Readonly<Record<string, unknown>>): string[] {
  const lines = Object.values(recordOf(hooks)).flatMap(listOf);
  const read = lines.flatMap((line) => hookFiles(textOf(line) ?? ''));
  return [...listOf(keyrings), ...listOf(inputs), ...read].flatMap((from) => pathOf({ from }));
}

function commandInputs(value: unknown): string[] {
  if (value === undefined) return [];
  const inputs = recordOf(value)['inputs'];
  return (inputs === undefined ? ['**/*'] : listOf(inputs)).flatMap((from) => pathOf({ from }));
}

/** `from` as a path of the project, with a star for what an architecture fills in; none for other sources. */
function pathOf(entry: Readonly<Record<string, unknown>>): string[] {
  const from = textOf(entry['from']);
  if (from === undefined || /^(project:|docker:\/\/|docker-daemon:)/.test(from)) return [];
  const path = sourcePath(from) ?? from;
  if (path.startsWith('/') || path.split('/').includes('..')) return [];
  return [posix.normalize(path.replace(/^\{workspaceRoot\}\//, '').replaceAll('{arch}', '*')).replace(/\/$/, '')];
}
