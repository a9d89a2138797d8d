import { IsoError } from '../error.ts';
import { longDate, SECTOR, text, u16, u32, u8, ucs2 } from './field.ts';
import { overLimit } from './limits.ts';
import type { IsoLimits } from './limits.ts';
import { decodeRecord } from './directory-record.ts';
import type { DirectoryRecord } from './directory-record.ts';
import { readInto } from './random-access.ts';
import type { RandomAccess } from './random-access.ts';

/** The facts of a Primary (ECMA-119 §8.4) or Supplementary (§8.5) Volume Descriptor; texts without their padding. */
export interface VolumeDescriptor {
  readonly systemId: string;
  readonly volumeId: string;
  readonly volumeSetId: string;
  readonly publisher: string;
  readonly preparer: string;
  readonly application: string;
  /** The size that the image says it has, in bytes (§8.4.8); an image may be longer, one that is shorter was cut. */
  readonly volumeSize: number;
  /** Seconds since the epoch (§8.4.26, §8.4.27). */
  readonly created: number | undefined;
  readonly modified: number | undefined;
  /** The 512 bytes for the application's use (§8.4.32), where media check sums lie. */
  readonly applicationUse: Uint8Array;
  readonly root: DirectoryRecord;
}

export interface VolumeDescriptors {
  readonly primary: VolumeDescriptor;
  readonly joliet: VolumeDescriptor | undefined;
}

/** ECMA-119 §6.2.1: the first sixteen sectors are the system area; descriptors follow. */
const FIRST_DESCRIPTOR = 16;
/** ECMA-119 §8.1.1, §8.2 to §8.6. */
const type = { boot: 0, primary: 1, supplementary: 2, partition: 3, terminator: 255 } as const;

/**
 * Reads the volume descriptor set (ECMA-119 §8). Throws INGOT_ISO_NONE where there is no primary descriptor,
 * INGOT_ISO_UNSUPPORTED for another logical block size than 2048, INGOT_ISO_LIMIT, INGOT_ISO_TRUNCATED.
 */
export async function readVolumeDescriptors(image: RandomAccess, limits: IsoLimits): Promise<VolumeDescriptors> {
  let primary: VolumeDescriptor | undefined;
  let joliet: VolumeDescriptor | undefined;
  for (let index = 0; ; index += 1) {
    if (index >= limits.descriptors) throw overLimit('volume descriptors', limits.descriptors);
    const bytes = await readDescriptor(image, FIRST_DESCRIPTOR + index);
    // Images without a terminator exist; what follows the last descriptor is then something else.
    if (bytes === undefined || u8(bytes, 0) === type.terminator) break;
    if (u8(bytes, 0) === type.primary) primary ??= decodeDescriptor(bytes, text);
    if (u8(bytes, 0) === type.supplementary && isJoliet(bytes)) joliet ??= decodeDescriptor(bytes, ucs2);
  }
  if (primary === undefined) throw notAnIso();
  return { primary, joliet };
}

/** ECMA-119 §8.1: type (BP 1), standard identifier "CD001" (BP 2-6), version (BP 7). Undefined if it is none. */
async function readDescriptor(image: RandomAccess, sector: number): Promise<Uint8Array | undefined> {
  if ((sector + 1) * SECTOR > image.size) return undefined;
  const bytes = new Uint8Array(SECTOR);
  await readInto(image, bytes, sector * SECTOR);
  return text(bytes.subarray(1, 6)) === 'CD001' ? bytes : undefined;
}

/** Joliet specification, "SVD": escape sequences (ECMA-119 §8.5.6, BP 89-120) of UCS-2 levels 1 to 3; version 1. */
function isJoliet(bytes: Uint8Array): boolean {
  return u8(bytes, 6) === 1 && ['%/@', '%/C', '%/E'].includes(text(bytes.subarray(88, 91)));
}

/** ECMA-119 §8.4 and §8.5, whose fields lie at the same places. `decode`: how its texts are encoded. */
function decodeDescriptor(bytes: Uint8Array, decode: (bytes: Uint8Array) => string): VolumeDescriptor {
  const field = (from: number, to: number) => decode(bytes.subarray(from - 1, to)).replace(/[ \0]+$/, '');
  const blockSize = u16(bytes, 128); // §8.4.12, BP 129-132
  if (blockSize !== SECTOR) throw otherBlockSize(blockSize);
  return {
    systemId: field(9, 40), // §8.4.5
    volumeId: field(41, 72), // §8.4.6
    volumeSize: u32(bytes, 80) * SECTOR, // §8.4.8, BP 81-88
    root: decodeRecord(bytes.subarray(156, 190)), // §8.4.18, BP 157-190
    volumeSetId: field(191, 318), // §8.4.19
    publisher: field(319, 446), // §8.4.20
    preparer: field(447, 574), // §8.4.21
    application: field(575, 702), // §8.4.22
    created: longDate(bytes, 813), // §8.4.26, BP 814-830
    modified: longDate(bytes, 830), // §8.4.27, BP 831-847
    applicationUse: bytes.slice(883, 883 + 512), // §8.4.32, BP 884-1395
  };
}

function notAnIso(): IsoError {
  const help = 'Check that the file is an ISO-9660 image and that its download is complete.';
  return new IsoError('INGOT_ISO_NONE', 'no ISO-9660 primary volume descriptor at sector 16', { help });
}

function otherBlockSize(size: number): IsoError {
  const help = 'Make the image again with 2048-byte blocks, as every current tool does.';
  return new IsoError('INGOT_ISO_UNSUPPORTED', `logical blocks of ${size} bytes are not supported`, { help });
}
