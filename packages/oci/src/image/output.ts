import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { replaceFolder, writeWhole } from '@ingot/content';
import { ProjectError } from '@ingot/workspace';

/**
 * Puts the layout `staging` in the place of `folder`. Where both hold the same (index.json, and the names and sizes of
 * blobs, whose names are their digests) the old one stays, so that nothing looks changed.
 * Throws ProjectError INGOT_IMAGE_OUTPUT.
 */
export async function putLayout(folder: string, staging: string): Promise<void> {
  if (await sameLayout(staging, folder)) return;
  await writing(folder, () => replaceFolder(folder, staging));
}

/** Writes the result whole or not at all; leaves one alone that says this already. Throws INGOT_IMAGE_OUTPUT. */
export async function putResult(path: string, text: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return;
  await writing(path, () =>
    writeWhole(dirname(path), async (file) => {
      await file.writeFile(text);
      return path;
    }),
  );
}

async function writing(path: string, work: () => Promise<unknown>): Promise<void> {
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
