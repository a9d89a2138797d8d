import type { Read } from './gpt/read.ts';

/** In bytes: a cluster of qcow2, which is decompressed as a whole. */
const WINDOW = 65_536;
const MOST = 64;

/** The same bytes, read in windows of which the last ones are kept: structures on disks are read a few bytes at a time. */
export function inWindows(read: Read): Read {
  const kept = new Map<number, Buffer>();
  const windowAt = async (at: number): Promise<Buffer> => {
    const bytes = kept.get(at) ?? (await read(at, WINDOW));
    kept.delete(at);
    kept.set(at, bytes);
    if (kept.size > MOST) kept.delete(kept.keys().next().value!);
    return bytes;
  };
  return async (position, length) => {
    const parts: Buffer[] = [];
    for (let at = position; at < position + length;) {
      const start = at - (at % WINDOW);
      const part = (await windowAt(start)).subarray(at - start, position + length - start);
      if (part.length === 0) break;
      parts.push(part);
      at += part.length;
    }
    return Buffer.concat(parts);
  };
}
