import type { Architecture } from '../../../description/description.ts';

/** EFI system partition: UEFI specification 2.10, table 5.7. */
export const espType = 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b';

/** The root partition of each architecture: UAPI group, Discoverable Partitions Specification. */
export const rootTypes: Readonly<Record<Architecture, string>> = {
  amd64: '4f68bce3-e8cd-4db1-96e7-fbcaf984b709',
  arm64: 'b921b045-1df0-41c3-af44-4c6f280d3fae',
};

/** A GUID as EFI stores it: the first three numbers little-endian (UEFI specification 2.10, appendix A). */
export function guidBytes(text: string): Buffer {
  return swapped(Buffer.from(text.replaceAll('-', ''), 'hex'));
}

/** In lower case. */
export function guidText(bytes: Buffer): string {
  return swapped(Buffer.from(bytes))
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function swapped(bytes: Buffer): Buffer {
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}
