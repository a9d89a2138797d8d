import { readFile } from 'node:fs/promises';
import { ProjectError, type ImageResult } from '@ingot/workspace';
import type { Format } from '../description/formats.ts';
import type { FormatResult } from '../format/format.ts';
import type { RootfsResult } from '../rootfs/result.ts';
import { targetOf, type Output } from './paths.ts';

/**
 * Reads what the target `rootfs` made. Throws ProjectError INGOT_OS_IMAGE_NOT_BUILT where there is none,
 * INGOT_OS_IMAGE_RESULT where it is not what this version writes.
 * @param project of Nx, for errors
 */
export async function readRootfsResult(output: Output, project: string): Promise<RootfsResult> {
  const result = await readResult<RootfsResult>(output.resultFile, 'rootfs-result/v1', `${project}:rootfs`);
  return result;
}

/** The same of a format's target. */
export async function readFormatResult(output: Output, format: Format, project: string): Promise<FormatResult> {
  const task = `${project}:${targetOf(format)}`;
  if (format !== 'container') return readResult<FormatResult>(output.resultFile, 'os-image-result/v1', task);
  // What @ingot/oci reads: one image, whose layout is the output itself.
  const image = await readResult<ImageResult>(output.resultFile, 'image-result/v1', task);
  const { name, version, mediaType, digest, size } = image;
  const roots = [{ layout: '.', mediaType, digest, size, suffix: '' }];
  return { ingot: 'os-image-result/v1', format, name, version, files: [], roots, facts: { image } };
}

async function readResult<T extends { readonly ingot: string }>(file: string, kind: string, task: string): Promise<T> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new ProjectError('INGOT_OS_IMAGE_NOT_BUILT', `the output of ${task} is not there: ${file} is missing`, {
      path: file,
      help: `run \`nx run ${task}\``,
    });
  }
  const value = parse(text);
  if (value?.ingot === kind) return value as T;
  throw new ProjectError('INGOT_OS_IMAGE_RESULT', `${file} is not a result that this version reads`, {
    path: file,
    help: `run \`nx run ${task} --skip-nx-cache\``,
  });
}

function parse(text: string): { readonly ingot?: string } | null {
  try {
    return JSON.parse(text) as { readonly ingot?: string } | null;
  } catch {
    return null;
  }
}
