/** Numbers recorded in both byte orders: little-endian first, then big-endian. Offsets are in bytes, from 0. */

/** ECMA-119 §7.2.3: a 16-bit number in both byte orders, 4 bytes. */
export function writeBoth16(out: DataView, at: number, value: number): void {
  out.setUint16(at, value, true);
  out.setUint16(at + 2, value, false);
}

/** ECMA-119 §7.3.3: a 32-bit number in both byte orders, 8 bytes. */
export function writeBoth32(out: DataView, at: number, value: number): void {
  out.setUint32(at, value, true);
  out.setUint32(at + 4, value, false);
}

/** A DataView of exactly the bytes of `bytes`. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
