import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { replaceFolder, stagingFolder, writeWhole } from '@ingot/content';
import { ProjectError } from '@ingot/workspace';
import type { Output } from './paths.ts';

/**
 * Lets `make` fill an empty folder, and puts that in the place of `folder` as a whole. What was there before stays as it
 * was where `make` throws. Throws ProjectError INGOT_OS_IMAGE_OUTPUT.
 */
export async function replaceOutput<T>(folder: string, make: (staging: string) => Promise<T>): Promise<T> {
  const staging = await writing(folder, async () => {
    await mkdir(dirname(folder), { recursive: true });
    const path = await stagingFolder(folder);
    await mkdir(path);
    return path;
  });
  try {
    const made = await make(staging);
    await writing(folder, () => replaceFolder(folder, staging));
    return made;
  } finally {
    // Where it cannot be removed it could not be made: that error is the one to see.
    await rm(staging, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** The same for a target's output: what `make` answers (what `resultOf` makes of it) becomes the result beside it. */
export async function putOutput<T extends object>(
  { folder, resultFile }: Output,
  make: (staging: string) => Promise<T>,
  resultOf: (made: T) => object = (made) => made,
): Promise<T> {
  const made = await replaceOutput(folder, make);
  await putResult(resultFile, resultOf(made));
  return made;
}

/** Writes a result whole or not at all; leaves one alone that says this already. Throws INGOT_OS_IMAGE_OUTPUT. */
export async function putResult(resultFile: string, result: object): Promise<void> {
  const text = `${JSON.stringify(result, undefined, 2)}\n`;
  await writing(resultFile, async () => {
    if ((await readFile(resultFile, 'utf8').catch(() => undefined)) === text) return;
    await writeWhole(dirname(resultFile), async (file) => {
      await file.writeFile(text);
      return resultFile;
    });
  });
}

async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new ProjectError('INGOT_OS_IMAGE_OUTPUT', `cannot write the output: ${(cause as Error).message}`, {
      path,
      cause,
      help: 'make room for it, or remove what stands there',
    });
  }
}
