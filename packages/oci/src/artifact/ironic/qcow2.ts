import { inflateRawSync, zstdDecompressSync } from 'node:zlib';
import { ProjectError } from '@ingot/workspace';
import type { Guest } from './guest.ts';

/** QEMU docs/interop/qcow2.txt § Header: `QFI\xfb`. */
export const qcow2Magic = Buffer.from([0x51, 0x46, 0x49, 0xfb]);

/** Incompatible features that this reader knows; Ironic's own inspector (oslo.utils) refuses others, too. */
const feature = { dirty: 1n, corrupt: 2n, externalData: 4n, compression: 8n, extendedL2: 16n };

/** QEMU's QCOW_MAX_L1_SIZE, in entries. */
const maxL1 = (32 * 1024 * 1024) / 8;

/** L1 and L2 entries: bits 9 to 55 are an offset in the file. */
const offsetMask = 0x00ff_ffff_ffff_fe00n;

interface Layout {
  /** Of the disk that the machine sees. */
  readonly size: number;
  readonly clusterBits: number;
  readonly l1: number;
  readonly l1Entries: number;
  readonly extended: boolean;
  readonly zstd: boolean;
}

/**
 * Reads what a machine sees of a qcow2 file, as far as it is asked: versions 2 and 3, compressed clusters (deflate and
 * zstd), extended L2 entries. QEMU docs/interop/qcow2.txt. Throws ProjectError INGOT_IRONIC_QCOW2, without a place, for
 * one that is broken, or not whole: with a backing file, an external data file, encrypted.
 */
export async function openQcow2(file: Guest): Promise<Guest> {
  const layout = parseHeader(await file.read(0, 112), file.size);
  const cluster = 2 ** layout.clusterBits;
  return {
    size: layout.size,
    async read(offset, length) {
      const parts: Buffer[] = [];
      const end = Math.min(layout.size, offset + length);
      for (let at = offset; at < end;) {
        const within = at % cluster;
        const wanted = Math.min(end - at, cluster - within);
        parts.push(await readCluster(file, layout, Math.floor(at / cluster), within, wanted));
        at += wanted;
      }
      return Buffer.concat(parts);
    },
  };
}

function parseHeader(header: Buffer, fileSize: number): Layout {
  if (header.length < 72 || !header.subarray(0, 4).equals(qcow2Magic)) throw broken('it has no header');
  const version = header.readUInt32BE(4);
  if (version !== 2 && version !== 3) throw broken(`it is of version ${version}, not 2 or 3`);
  if (header.readBigUInt64BE(8) !== 0n) {
    throw unusable('it is built on a backing file', '`qemu-img convert -O qcow2` makes one that is whole');
  }
  if (header.readUInt32BE(32) !== 0) throw unusable('it is encrypted', 'Ironic cannot open it: convert it');
  if (version === 3 && header.length < 104) throw broken('its header is cut short');
  const features = version === 3 ? header.readBigUInt64BE(72) : 0n;
  checkFeatures(features);
  const clusterBits = header.readUInt32BE(20);
  if (clusterBits < 9 || clusterBits > 21) throw broken(`clusters of 2^${clusterBits} bytes`);
  const compression = (features & feature.compression) === 0n ? 0 : header[104];
  if (compression !== 0 && compression !== 1) throw broken(`its compression type is ${compression}`);
  const l1Entries = header.readUInt32BE(36);
  if (l1Entries > maxL1) throw broken(`a table of ${l1Entries} entries`);
  return {
    size: safe(header.readBigUInt64BE(24)),
    clusterBits,
    l1: within(header.readBigUInt64BE(40), l1Entries * 8, fileSize),
    l1Entries,
    extended: (features & feature.extendedL2) !== 0n,
    zstd: compression === 1,
  };
}

function checkFeatures(features: bigint): void {
  if ((features & feature.externalData) !== 0n) {
    throw unusable('its data lie in another file', '`qemu-img convert -O qcow2` makes one that is whole');
  }
  if ((features & feature.corrupt) !== 0n) {
    throw unusable('it is marked as corrupt', '`qemu-img check -r all` may repair it');
  }
  const known = Object.values(feature).reduce((sum, bit) => sum | bit, 0n);
  if ((features & ~known) !== 0n) throw broken(`features that are not known: 0x${(features & ~known).toString(16)}`);
}

/** A part of a guest's cluster; zeros where nothing was written. */
async function readCluster(file: Guest, layout: Layout, index: number, from: number, length: number): Promise<Buffer> {
  const entrySize = layout.extended ? 16 : 8;
  const perTable = 2 ** layout.clusterBits / entrySize;
  const l1Index = Math.floor(index / perTable);
  if (l1Index >= layout.l1Entries) throw broken('its first table is too short for its size');
  const l2 = (await entryAt(file, layout.l1 + l1Index * 8, 8)).readBigUInt64BE(0) & offsetMask;
  if (l2 === 0n) return Buffer.alloc(length);

  const table = within(l2, perTable * entrySize, file.size);
  const entry = await entryAt(file, table + (index % perTable) * entrySize, entrySize);
  const word = entry.readBigUInt64BE(0);
  if ((word >> 62n) & 1n) return compressed(file, layout, word, from, length);
  const host = word & offsetMask;
  if (layout.extended) return subclusters(file, layout, host, entry.readBigUInt64BE(8), from, length);
  // Bit 0: reads as zeros, whatever it points at.
  if (host === 0n || (word & 1n) !== 0n) return Buffer.alloc(length);
  return filled(await file.read(safe(host) + from, length), length);
}

/** § Extended L2 Entries: the low half of the bitmap says which 32nds of a cluster are written. */
async function subclusters(
  file: Guest,
  layout: Layout,
  host: bigint,
  bitmap: bigint,
  from: number,
  length: number,
): Promise<Buffer> {
  const size = 2 ** layout.clusterBits / 32;
  const parts: Buffer[] = [];
  for (let at = from; at < from + length;) {
    const wanted = Math.min(from + length - at, size - (at % size));
    const written = host !== 0n && (bitmap >> BigInt(Math.floor(at / size))) & 1n;
    parts.push(written ? filled(await file.read(safe(host) + at, wanted), wanted) : Buffer.alloc(wanted));
    at += wanted;
  }
  return Buffer.concat(parts);
}

/** § Compressed Clusters Descriptor. */
async function compressed(file: Guest, layout: Layout, word: bigint, from: number, length: number): Promise<Buffer> {
  const shift = BigInt(62 - (layout.clusterBits - 8));
  const offset = safe(word & ((1n << shift) - 1n));
  const sectors = Number((word >> shift) & ((1n << BigInt(layout.clusterBits - 8)) - 1n)) + 1;
  const bytes = await file.read(offset, sectors * 512 - (offset % 512));
  const size = 2 ** layout.clusterBits;
  const cluster = decompressed(bytes, size, layout.zstd);
  if (cluster.length < from + length) throw broken('a compressed cluster is too short');
  return cluster.subarray(from, from + length);
}

/** QEMU writes a cluster as one deflate stream or zstd frame; what follows in its last sector is of no account. */
function decompressed(bytes: Buffer, size: number, zstd: boolean): Buffer {
  try {
    if (!zstd) return inflateRawSync(bytes, { maxOutputLength: size });
    return zstdDecompressSync(bytes.subarray(0, frameLength(bytes)), { maxOutputLength: size });
  } catch {
    throw broken('a cluster cannot be decompressed');
  }
}

/** The length of the zstd frame that begins here (RFC 8878 § 3.1.1). Throws RangeError where it ends too early. */
function frameLength(bytes: Buffer): number {
  const descriptor = bytes.readUInt8(4);
  const single = (descriptor >> 5) & 1;
  const contentSize = [single, 2, 4, 8][descriptor >> 6]!;
  let at = 5 + (1 - single) + [0, 1, 2, 4][descriptor & 3]! + contentSize;
  for (let last = 0; last === 0;) {
    const block = bytes.readUIntLE(at, 3);
    last = block & 1;
    const isRepeated = ((block >> 1) & 3) === 1;
    at += 3 + (isRepeated ? 1 : block >> 3);
  }
  return at + ((descriptor >> 2) & 1) * 4;
}

async function entryAt(file: Guest, offset: number, size: number): Promise<Buffer> {
  const entry = await file.read(offset, size);
  if (entry.length < size) throw broken('it is cut short');
  return entry;
}

/** A file may end within its last cluster: what is behind it reads as zeros (as QEMU has it). */
function filled(part: Buffer, length: number): Buffer {
  return part.length === length ? part : Buffer.concat([part], length);
}

function within(offset: bigint, length: number, fileSize: number): number {
  if (offset + BigInt(length) <= BigInt(fileSize)) return Number(offset);
  throw broken('one of its tables lies behind its end: it was cut short');
}

function safe(value: bigint): number {
  if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
  throw broken(`a size or offset of ${value}`);
}

function broken(what: string): ProjectError {
  return unusable(what, '`qemu-img check` tells more; make or fetch the disk again');
}

function unusable(what: string, help: string): ProjectError {
  return new ProjectError('INGOT_IRONIC_QCOW2', `the qcow2 disk cannot be used: ${what}`, { help });
}
