import { gzipSync } from 'node:zlib';

export type SampleMember = string | { readonly type: string; readonly text?: string };

/** A tar in memory, of files and other members (`type` as the header has it); names as they are given, however hostile. */
export function tarOf(members: readonly (readonly [path: string, member: SampleMember])[]): Buffer {
  const blocks = members.map(([path, member]) => {
    const { type, text = '' } = typeof member === 'string' ? { type: '0', text: member } : member;
    return blockOf(path, type, Buffer.from(text));
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** The same, compressed: an archive of a chart. */
export function archiveOf(members: Readonly<Record<string, string>>): Buffer {
  return gzipSync(tarOf(Object.entries(members)));
}

export function blockOf(path: string, type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(512);
  head.write(path, 0, 100);
  head.write('0000644\0', 100);
  head.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  head.write(' '.repeat(8), 148);
  head.write(type, 156);
  head.write('ustar\x0000', 257);
  head.write(`${sum(head).toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([head, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

function sum(head: Buffer): number {
  return head.reduce((total, byte) => total + byte, 0);
}
