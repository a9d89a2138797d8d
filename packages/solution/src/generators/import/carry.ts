import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { link, mkdir, mkdtemp, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { IsoEntry } from '@ingot/iso9660';
import { SolutionError } from '../../error.ts';
import type { Origin } from './origin.ts';

/** A file to write: `to` is relative to the project, `digest` is checked where it is given. */
export interface Carried {
  readonly to: string;
  readonly entry: IsoEntry;
  readonly digest?: string;
}

/**
 * Writes large files straight from the origin into the project's folder. All of them are written, and checked, below a
 * temporary folder there, and renamed one by one at the end: a failure before that leaves none of them, one among the
 * renames (which copy nothing) those that were renamed already. Equal blobs are hard links. Throws SolutionError INGOT_IMPORT_CHANGED where a blob is not what it was when it was looked at.
 */
export async function carry(origin: Origin, project: string, files: readonly Carried[]): Promise<void> {
  if (files.length === 0) return;
  await mkdir(project, { recursive: true });
  const temporary = await mkdtemp(join(project, '.import-'));
  try {
    const written = new Map<string, string>();
    for (const { to, entry, digest } of files) {
      const path = join(temporary, to);
      await mkdir(dirname(path), { recursive: true });
      const same = digest === undefined ? undefined : written.get(digest);
      if (entry.type === 'symlink') await symlink(entry.target ?? '', path);
      else if (same === undefined || !(await linked(same, path))) await write(origin, entry, path, digest);
      if (digest !== undefined) written.set(digest, path);
    }
    for (const { to } of files) await settle(join(temporary, to), join(project, to));
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function settle(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await rename(from, to);
}

/** False on a file system without hard links. */
async function linked(existing: string, path: string): Promise<boolean> {
  return link(existing, path).then(
    () => true,
    () => false,
  );
}

async function write(origin: Origin, entry: IsoEntry, path: string, digest: string | undefined): Promise<void> {
  const hash = createHash('sha256');
  async function* hashed(): AsyncGenerator<Uint8Array> {
    for await (const part of origin.read(entry)) {
      hash.update(part);
      yield part;
    }
  }
  await pipeline(hashed, createWriteStream(path, { flags: 'wx', mode: modeOf(entry) }));
  const actual = `sha256:${hash.digest('hex')}`;
  if (digest === undefined || actual === digest) return;
  throw new SolutionError('INGOT_IMPORT_CHANGED', `${entry.path} changed while it was imported`, {
    path: entry.path,
    digest: actual,
    help: 'Import it again when nothing writes to it.',
  });
}

/** Of the source's mode only whether it is a program: the rest is the workspace's affair. */
export function modeOf({ mode = 0 }: IsoEntry): number {
  return (mode & 0o111) === 0 ? 0o644 : 0o755;
}
