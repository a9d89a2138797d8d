import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { IsoError } from '../error.ts';
import { checkWithin, readInto } from '../read/random-access.ts';
import type { RandomAccess } from '../read/random-access.ts';
import { APPLICATION_USE } from './application-use.ts';
import { imageBytes, primaryDescriptor, volumeSize } from './image-bytes.ts';
import { MediaSum } from './media-sum.ts';

export interface ImplantOptions {
  /** Overwrite what is in the application-use field, as implantisomd5's --force. */
  readonly force?: boolean;
  /** implantisomd5's --supported-iso. */
  readonly supported?: boolean;
  /** Called with the number of bytes after each piece that was read. */
  readonly onBytes?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Writes the media check sums into a finished image, where checkisomd5 and `checkMd5` look for them; only the 512
 * bytes of the application-use field change. See MediaSum for images below 718,848 bytes.
 * Throws INGOT_ISO_NONE, INGOT_ISO_TRUNCATED, INGOT_ISO_MD5_USED, INGOT_ISO_OPEN, INGOT_ISO_READ, and the signal's reason.
 */
export async function implantMd5(file: string, options: ImplantOptions = {}): Promise<void> {
  const handle = await openForUpdate(file);
  try {
    const image = await accessOf(handle);
    const descriptor = await primaryDescriptor(image);
    if (descriptor === undefined) throw noDescriptor(file);
    const size = volumeSize(descriptor);
    checkWithin(image, 0, size, file);
    if (options.force !== true) await refuseUsed(image, file);
    const sum = new MediaSum(size, options);
    for await (const bytes of imageBytes(image, size, options)) sum.update(bytes);
    await handle.write(sum.applicationUse(), 0, APPLICATION_USE.size, APPLICATION_USE.offset);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function refuseUsed(image: RandomAccess, path: string): Promise<void> {
  const present = new Uint8Array(APPLICATION_USE.size);
  await readInto(image, present, APPLICATION_USE.offset);
  if (present.every((byte) => byte === 0x20)) return;
  const help = 'Use the option force if what is there (older sums, say) may be overwritten.';
  throw new IsoError('INGOT_ISO_MD5_USED', `the application-use field of ${path} is not blank`, { path, help });
}

async function accessOf(handle: FileHandle): Promise<RandomAccess> {
  const { size } = await handle.stat();
  return { size, read: async (buffer, at) => (await handle.read(buffer, 0, buffer.length, at)).bytesRead };
}

async function openForUpdate(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const help = 'Check that the path is right and that you may write the file.';
    throw new IsoError('INGOT_ISO_OPEN', `cannot open ${path}: ${reason}`, { path, cause, help });
  }
}

function noDescriptor(path: string): IsoError {
  const help = 'Media check sums need an ISO-9660 image whose first volume descriptor is the primary one.';
  return new IsoError('INGOT_ISO_NONE', `no primary volume descriptor at sector 16 of ${path}`, { path, help });
}
