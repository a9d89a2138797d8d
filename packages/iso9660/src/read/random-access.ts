import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { IsoError } from '../error.ts';

/** Bytes that can be read at any place: a file, a buffer, a range of a remote object. Sizes and positions in bytes. */
export interface RandomAccess {
  readonly size: number;
  /**
   * Copies bytes from `position` into `buffer` and answers how many it copied: all of `buffer`, or fewer (then it is
   * asked again for the rest; 0 means that there is nothing more). The reader never asks beyond `size`.
   */
  read(buffer: Uint8Array, position: number): number | Promise<number>;
  close?(): void | Promise<void>;
}

/** A file or block device of this machine, opened for reading. Throws INGOT_ISO_OPEN. */
export async function openFile(path: string): Promise<RandomAccess> {
  try {
    // Without O_NONBLOCK, opening a pipe would wait for somebody to write.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const size = await sizeOf(handle, path);
    return {
      size,
      read: async (buffer, position) => (await handle.read(buffer, 0, buffer.length, position)).bytesRead,
      close: () => handle.close(),
    };
  } catch (cause) {
    if (cause instanceof IsoError) throw cause;
    const help = 'Check that the path is right and that you may read it.';
    throw new IsoError('INGOT_ISO_OPEN', `cannot open ${path}: ${messageOf(cause)}`, { path, cause, help });
  }
}

async function sizeOf(handle: Awaited<ReturnType<typeof open>>, path: string): Promise<number> {
  try {
    const stat = await handle.stat();
    if (stat.isFile()) return stat.size;
    if (stat.isBlockDevice()) return await endOf(handle);
    const help = 'Name an ISO file or a block device.';
    throw new IsoError('INGOT_ISO_OPEN', `${path} is neither a file nor a block device`, { path, help });
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The size of a block device, whose `stat` says 0: by bisection of the places where a byte can be read. */
async function endOf(handle: Awaited<ReturnType<typeof open>>): Promise<number> {
  const byte = new Uint8Array(1);
  let [present, absent] = [-1, 2 ** 52];
  while (absent - present > 1) {
    const middle = Math.floor((present + absent) / 2);
    const { bytesRead } = await handle.read(byte, 0, 1, middle);
    if (bytesRead === 1) present = middle;
    else absent = middle;
  }
  return absent;
}

/** The bytes of a buffer as RandomAccess. */
export function inMemory(bytes: Uint8Array): RandomAccess {
  return {
    size: bytes.length,
    read(buffer, position) {
      const part = bytes.subarray(position, position + buffer.length);
      buffer.set(part);
      return part.length;
    },
  };
}

/**
 * Fills `buffer` from `position`. Everything that the reader reads goes through here: a place outside the image throws
 * INGOT_ISO_TRUNCATED before anything is read, a source that fails or ends early throws INGOT_ISO_READ.
 */
export async function readInto(image: RandomAccess, buffer: Uint8Array, position: number): Promise<void> {
  checkWithin(image, position, buffer.length);
  let done = 0;
  while (done < buffer.length) {
    const count = await readSome(image, done === 0 ? buffer : buffer.subarray(done), position + done);
    if (count === 0) throw failedAt(position + done, 'the source ends early');
    done += count;
  }
}

/** Throws INGOT_ISO_TRUNCATED unless [position, position + length) lies in the image; bytes. */
export function checkWithin(image: RandomAccess, position: number, length: number, path?: string): void {
  const sane = Number.isSafeInteger(position) && Number.isSafeInteger(length) && position >= 0 && length >= 0;
  if (sane && position <= image.size - length) return;
  throw new IsoError(
    'INGOT_ISO_TRUNCATED',
    `${path === undefined ? 'the image' : `"${path}"`} needs bytes ${position} to ${position + length}, ` +
      `and the image ends at ${image.size}`,
    { help: 'The image is cut short or damaged: copy or download it again.', ...(path !== undefined && { path }) },
  );
}

async function readSome(image: RandomAccess, buffer: Uint8Array, position: number): Promise<number> {
  let count: number;
  try {
    count = await image.read(buffer, position);
  } catch (cause) {
    throw failedAt(position, messageOf(cause), cause);
  }
  if (!Number.isInteger(count) || count < 0 || count > buffer.length) throw failedAt(position, `answered ${count}`);
  return count;
}

function failedAt(position: number, reason: string, cause?: unknown): IsoError {
  const help = 'Check the medium or the disk that the image lies on, then try again.';
  return new IsoError('INGOT_ISO_READ', `cannot read the image at byte ${position}: ${reason}`, { help, cause });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
