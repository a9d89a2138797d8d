import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ProjectError } from '@ingot/workspace';

/** Does `work`; what the file system refuses becomes ProjectError INGOT_IMAGE_OUTPUT, naming `path`. */
export async function writing(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    throw new ProjectError('INGOT_IMAGE_OUTPUT', `cannot write the image: ${(cause as Error).message}`, {
      path,
      cause,
      help: 'make room for it, or remove what stands there',
    });
  }
}

let counter = 0;

/** A new name in `folder` for what is not finished. What processes left there that were killed is removed. */
export async function stagingFolder(folder: string): Promise<string> {
  for (const name of await readdir(folder).catch(() => [])) {
    const pid = /^\.image-(\d+)-\d+\.tmp(\.old)?$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(folder, name), { recursive: true, force: true });
  }
  return join(folder, `.image-${process.pid}-${counter++}.tmp`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Puts `staging` in the place of `folder`. Where both hold the same (index.json, and the names and sizes of blobs, whose
 * names are their digests) the old one stays, so that nothing looks changed.
 */
export async function replaceFolder(staging: string, folder: string): Promise<void> {
  if (await sameLayout(staging, folder)) return;
  const old = `${staging}.old`;
  await mkdir(dirname(folder), { recursive: true });
  await rename(folder, old).catch(ignoreMissing);
  await rename(staging, folder);
  await rm(old, { recursive: true, force: true });
}

/** Writes a small file by a temporary name; leaves one alone that has these bytes already. */
export async function writeFileWhole(path: string, text: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return;
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await using file = await open(temporary, 'w');
    await file.writeFile(text);
    await file.sync();
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function sameLayout(a: string, b: string): Promise<boolean> {
  try {
    return (await fingerprint(a)) === (await fingerprint(b));
  } catch {
    return false;
  }
}

async function fingerprint(folder: string): Promise<string> {
  const blobs = join(folder, 'blobs', 'sha256');
  const names = (await readdir(blobs)).sort();
  const sizes = await Promise.all(names.map(async (name) => `${name} ${(await stat(join(blobs, name))).size}`));
  return [
    ...sizes,
    await readFile(join(folder, 'oci-layout'), 'utf8'),
    await readFile(join(folder, 'index.json'), 'utf8'),
  ].join('\n');
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
