/** What goes into a tar as it is, with every fault that it has. */
export interface SampleMember {
  readonly path: string;
  /** Of ustar: '0' a file (default), '1' a hard link, '2' a link, '3' a device, '5' a folder, '6' a pipe. */
  readonly type?: string;
  readonly content?: string | Uint8Array;
  readonly target?: string;
  readonly mode?: number;
}

/** A tar by hand (IEEE 1003.1 pax, ustar), since no writer of ours would write the bad ones. */
export function tarOf(members: readonly SampleMember[]): Buffer {
  const blocks = members.flatMap(({ path, type = '0', content = '', target = '', mode }) => {
    const bytes = Buffer.from(content);
    const header = Buffer.alloc(512);
    header.write(path, 0);
    header.write(octal(mode ?? (type === '5' ? 0o755 : 0o644), 7), 100);
    header.write(octal(0, 7), 108);
    header.write(octal(0, 7), 116);
    header.write(octal(bytes.length, 11), 124);
    header.write(octal(0, 11), 136);
    header.write(type, 156);
    header.write(target, 157);
    header.write('ustar\u000000', 257, 'latin1');
    header.write('        ', 148);
    const sum = header.reduce((all, byte) => all + byte, 0);
    header.write(`${octal(sum, 6)}\0 `, 148, 'latin1');
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}
