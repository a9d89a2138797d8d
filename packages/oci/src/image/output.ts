import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { replaceFolder, writeWhole } from '@ingot/content';
import { ProjectError } from '@ingot/workspace';

/**
 * Puts the layout `staging` in the place of `folder`, also where both seem to hold the same: a blob in the old one may be
 * damaged, and who builds again wants it whole. Throws ProjectError INGOT_IMAGE_OUTPUT.
 */
export async function putLayout(folder: string, staging: string): Promise<void> {
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
