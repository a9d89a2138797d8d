/** Joliet specification, "Allowed Character Set": UCS-2, big-endian, two bytes a code unit. */
export function encodeUcs2(text: string): Uint8Array {
  return Buffer.from(text, 'utf16le').swap16();
}
