/**
 * Cuts a stream into pieces of exactly `size` bytes (the last one shorter), each in a buffer of its own, whatever
 * pieces it came in. An empty stream gives one empty piece, so that its compressed form is valid, too.
 */
export async function* segments(
  content: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let buffer = Buffer.allocUnsafeSlow(size);
  let filled = 0;
  let given = 0;
  for await (const part of content) {
    for (let offset = 0; offset < part.length;) {
      if (filled === size) {
        yield buffer;
        given++;
        buffer = Buffer.allocUnsafeSlow(size);
        filled = 0;
      }
      const length = Math.min(size - filled, part.length - offset);
      buffer.set(part.subarray(offset, offset + length), filled);
      filled += length;
      offset += length;
    }
  }
  if (filled > 0 || given === 0) yield buffer.subarray(0, filled);
}
