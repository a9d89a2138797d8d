import { readdir, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { copy } from '../copy.ts';
import { ContentError } from '../error.ts';
import { fileError, hasCode } from '../file-error.ts';
import { LayoutStore, refName } from '../layout-store.ts';
import { replaceFolder, stagingFolder } from '../replace-folder.ts';
import { makeFolder } from '../temporary.ts';
import { checkRefName } from './reference.ts';
import type { CopyOptions } from '../copy.ts';
import type { Descriptor } from '../descriptor.ts';
import type { Fetcher } from '../store.ts';

export interface ExportOptions extends Pick<CopyOptions, 'onBytes' | 'concurrency'> {
  /** Names the image there. */
  readonly reference?: string;
}

/**
 * Writes a complete OCI image layout to `folder`, for other tools. An older layout there is replaced once the new one is
 * whole; any other folder with something in it is left alone. Throws ContentError INGOT_EXPORT_TARGET, INGOT_REFERENCE,
 * INGOT_DISK_FULL, INGOT_UNWRITABLE, and what `copy` throws.
 */
export async function exportLayout(
  root: Descriptor,
  fetcher: Fetcher,
  folder: string,
  options: ExportOptions = {},
): Promise<void> {
  const target = resolve(folder);
  const named = withReference(root, options.reference);
  await checkReplaceable(target);
  const temporary = await stagingFolder(target);
  try {
    await makeFolder(dirname(target));
    const layout = new LayoutStore(temporary);
    await copy(root, fetcher, layout, options);
    await layout.setRoots([named]);
    await replaceFolder(target, temporary);
  } catch (error) {
    throw fileError(error, target);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** The root as index.json names it. */
export function withReference(root: Descriptor, reference: string | undefined): Descriptor {
  if (reference === undefined) return root;
  checkRefName(reference);
  return { ...root, annotations: { ...root.annotations, [refName]: reference } };
}

async function checkReplaceable(target: string): Promise<void> {
  let names: readonly string[];
  try {
    names = await readdir(target);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    if (!hasCode(error, 'ENOTDIR')) throw fileError(error, target);
    names = ['not a folder'];
  }
  if (names.length === 0 || names.includes('oci-layout')) return;
  throw new ContentError('INGOT_EXPORT_TARGET', `${target} is there already and is no OCI image layout`, {
    path: target,
    help: 'Name a new folder, or an empty one, or remove that one yourself.',
  });
}
