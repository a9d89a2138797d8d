import { crc32 } from 'node:zlib';

export interface RamdiskFile {
  readonly name: string;
  readonly mode: number;
  readonly text: string;
}

/** A ramdisk as Linux unpacks it: a cpio archive of the form `newc` (Linux, driver-api/early-userspace), gzipped. */
export function ramdisk(files: readonly RamdiskFile[]): Buffer {
  const entries = files.map(({ name, mode, text }, index) => newc(name, 0o100000 | mode, index + 1, text));
  return gzip(Buffer.concat([...entries, newc('TRAILER!!!', 0, 0, '')]));
}

/** One entry: a header of 13 numbers in 8 hexadecimal digits each, the name, the content; each part on a boundary of 4. */
function newc(name: string, mode: number, inode: number, text: string): Buffer {
  const content = Buffer.from(text);
  const numbers = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length + 1, 0];
  const head = `070701${numbers.map((number) => number.toString(16).padStart(8, '0')).join('')}${name}\0`;
  return Buffer.concat([padded(Buffer.from(head)), padded(content)]);
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
}

/**
 * gzip (RFC 1952) of up to 64 KiB as one stored block: what zlib would make of it differs from one version and processor
 * to the next, and so would the digest.
 */
function gzip(bytes: Buffer): Buffer {
  const head = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
  const block = Buffer.alloc(5);
  block[0] = 1; // the last block, stored
  block.writeUInt16LE(bytes.length, 1);
  block.writeUInt16LE(~bytes.length & 0xffff, 3);
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(crc32(bytes));
  tail.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([head, block, bytes, tail]);
}
