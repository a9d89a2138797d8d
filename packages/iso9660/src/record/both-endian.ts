/** Numbers recorded in both byte orders: little-endian first, then big-endian. Offsets are in bytes, from 0. */

/** ECMA-119 §7.2.3: a 16-bit number in both byte orders, 4 bytes. */
export function writeBoth16(out: Uint8Array, at: number, value: number): void {
  out[at] = out[at + 3] = value;
  out[at + 1] = out[at + 2] = value >>> 8;
}

/** ECMA-119 §7.3.3: a 32-bit number in both byte orders, 8 bytes. */
export function writeBoth32(out: Uint8Array, at: number, value: number): void {
  // A typed array keeps the low eight bits of what is stored.
  out[at] = out[at + 7] = value;
  out[at + 1] = out[at + 6] = value >>> 8;
  out[at + 2] = out[at + 5] = value >>> 16;
  out[at + 3] = out[at + 4] = value >>> 24;
}

/** A DataView of exactly the bytes of `bytes`. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
