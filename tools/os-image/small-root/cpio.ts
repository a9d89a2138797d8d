/** A file, folder (no content) or symbolic link (its target as content) of an initrd. */
export interface CpioEntry {
  readonly path: string;
  /** With the type's bits, as stat(2) has it: 0o100755. */
  readonly mode: number;
  readonly content?: Uint8Array;
}

/** A cpio archive in the format that the kernel unpacks (newc; Documentation/driver-api/early-userspace/buffer-format). */
export function cpio(entries: readonly CpioEntry[]): Buffer {
  const all = [...entries, { path: 'TRAILER!!!', mode: 0 }];
  return Buffer.concat(all.flatMap((entry, index) => member(entry, index + 1)));
}

function member({ path, mode, content = new Uint8Array() }: CpioEntry, inode: number): Uint8Array[] {
  const name = Buffer.from(`${path}\0`);
  // inode, mode, uid, gid, links, mtime, size, device and rdev (major, minor), length of the name, checksum (unused)
  const fields = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length, 0];
  const header = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`);
  return [header, name, padding(header.length + name.length), content, padding(content.length)];
}

function padding(length: number): Uint8Array {
  return new Uint8Array((4 - (length % 4)) % 4);
}
