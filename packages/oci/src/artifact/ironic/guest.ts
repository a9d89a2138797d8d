import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { openQcow2 } from './qcow2.ts';

/** What a machine sees of a disk image. In bytes. */
export interface Guest {
  readonly size: number;
  /** Short at the end of the disk. */
  read(offset: number, length: number): Promise<Buffer>;
}

/** Does `work` on what a disk image of this format holds, and closes it. Throws INGOT_IRONIC_QCOW2. */
export async function withGuest<T>(
  path: string,
  format: 'qcow2' | 'raw',
  work: (guest: Guest) => Promise<T>,
): Promise<T> {
  // Without O_NONBLOCK, opening a pipe would wait for somebody to write.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const raw = await rawGuest(file);
    return await work(format === 'raw' ? raw : await openQcow2(raw));
  } finally {
    await file.close();
  }
}

async function rawGuest(file: FileHandle): Promise<Guest> {
  const { size } = await file.stat();
  return {
    size,
    async read(offset, length) {
      const wanted = Math.max(0, Math.min(length, size - offset));
      const buffer = Buffer.alloc(wanted);
      for (let done = 0; done < wanted;) {
        const { bytesRead } = await file.read(buffer, done, wanted - done, offset + done);
        if (bytesRead === 0) return buffer.subarray(0, done);
        done += bytesRead;
      }
      return buffer;
    },
  };
}
