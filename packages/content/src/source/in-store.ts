import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { detectCompression } from '../archive/detect.ts';
import { decompress } from '../compress/decompress.ts';
import { copy } from '../copy.ts';
import { ContentError } from '../error.ts';
import { fileError } from '../file-error.ts';
import { makeFolder, sweep, temporaryName, writeWhole, writeAt } from '../temporary.ts';
import type { BlobStore } from '../blob-store.ts';
import type { OpenedSource } from './opened-source.ts';

type Open = (tar: string) => Promise<OpenedSource>;

/**
 * Opens a tar where it is; a compressed one is unpacked beside the store and its image's blobs are put into the store,
 * since a place within compressed data cannot be read. `size` in bytes.
 */
export async function openTar(path: string, size: number, store: BlobStore, open: Open): Promise<OpenedSource> {
  const compression = await detectCompression({ path, offset: 0, size });
  if (compression === 'none') return open(path);
  return throughStore(store, path, open, async (temporary) => {
    await writeWhole(store.root, async (file) => {
      let position = 0;
      for await (const part of decompress(createReadStream(path, { highWaterMark: 1024 * 1024 }), compression)) {
        await writeAt(file, part, position);
        position += part.length;
      }
      return temporary;
    });
  });
}

/**
 * Lets `make` write a tar to a temporary file, opens it, puts its image into the store and removes the file. Errors
 * call the tar `label`.
 */
export async function throughStore(
  store: BlobStore,
  label: string,
  open: Open,
  make: (temporary: string) => Promise<void>,
): Promise<OpenedSource> {
  const temporary = temporaryName(store.root);
  try {
    await makeFolder(store.root);
    await sweep(store.root);
    await make(temporary);
    const opened = await open(temporary);
    await copy(opened.root, opened.fetcher, store);
    return { ...opened, fetcher: store };
  } catch (error) {
    throw renamed(fileError(error, store.root), temporary, label);
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

function renamed(error: unknown, temporary: string, label: string): unknown {
  if (!(error instanceof ContentError) || !error.message.includes(temporary)) return error;
  return new ContentError(error.code, error.message.replaceAll(temporary, label), {
    path: label,
    ...(error.help === undefined ? {} : { help: error.help.replaceAll(temporary, label) }),
    ...(error.digest === undefined ? {} : { digest: error.digest }),
    cause: error,
  });
}
