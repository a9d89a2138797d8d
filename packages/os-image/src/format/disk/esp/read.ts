import { ProjectError } from '@ingot/workspace';
import type { Read } from '../gpt/read.ts';

/** A file or folder of a FAT32. */
export interface FatEntry {
  /** `/` between names, none at either end, as they are written. */
  readonly path: string;
  readonly type: 'file' | 'directory';
  /** In bytes; of a folder 0. */
  readonly size: number;
}

interface Fat {
  readonly clusterSize: number;
  readonly clusters: number;
  readonly dataAt: number;
  /** The cluster behind this one; undefined: it is the last. */
  readonly next: (cluster: number) => Promise<number | undefined>;
}

const mostEntries = 10_000;
/** What is read of the table at once, in bytes. */
const WINDOW = 65_536;

/**
 * Lists a FAT32 file system, of anybody: Microsoft, FAT: General Overview of On-Disk Format 1.03. `read` is relative to
 * its beginning. Throws ProjectError INGOT_ESP.
 */
export async function listFat(read: Read): Promise<readonly FatEntry[]> {
  const { fat, root } = await openFat(read);
  const found: FatEntry[] = [];
  const seen = new Set([root]);
  const queue = [{ path: '', cluster: root }];
  for (const folder of queue) {
    for (const { name, isFolder, cluster, size } of await readFolder(read, fat, folder.cluster)) {
      const path = folder.path === '' ? name : `${folder.path}/${name}`;
      found.push({ path, type: isFolder ? 'directory' : 'file', size });
      if (found.length > mostEntries) throw noFat('it has too many files');
      if (!isFolder) {
        await checkChain(fat, cluster, size, path);
        continue;
      }
      if (seen.has(cluster)) throw noFat(`the folder ${path} is in two places`);
      seen.add(cluster);
      queue.push({ path, cluster });
    }
  }
  return found;
}

/** § "Boot Sector and BPB". */
async function openFat(read: Read): Promise<{ readonly fat: Fat; readonly root: number }> {
  const bytes = await read(0, 512);
  if (bytes.length < 512 || bytes.readUInt16LE(510) !== 0xaa55) throw noFat('it has no boot sector');
  const sectorSize = bytes.readUInt16LE(11);
  const clusterSize = sectorSize * bytes[13]!;
  const fatAt = bytes.readUInt16LE(14) * sectorSize;
  const fatSize = bytes.readUInt32LE(36) * sectorSize;
  const dataAt = fatAt + bytes[16]! * fatSize;
  const size = bytes.readUInt32LE(32) * sectorSize;
  const isSound =
    [512, 1024, 2048, 4096].includes(sectorSize) &&
    clusterSize > 0 &&
    clusterSize <= 65_536 &&
    bytes.readUInt16LE(22) === 0 &&
    dataAt < size;
  if (!isSound) throw noFat('its boot sector is not that of a FAT32');
  const clusters = Math.floor((size - dataAt) / clusterSize);
  if (clusters < 65_525) throw noFat(`it has ${clusters} clusters, which makes firmware take it for a FAT16`);
  // A part of the table at a time: chains mostly go on where they are.
  let window: { readonly at: number; readonly bytes: Buffer } = { at: 0, bytes: Buffer.alloc(0) };
  const next = async (cluster: number): Promise<number | undefined> => {
    const at = cluster * 4 - ((cluster * 4) % WINDOW);
    if (window.at !== at || window.bytes.length === 0) {
      window = { at, bytes: await read(fatAt + at, Math.max(0, Math.min(WINDOW, fatSize - at))) };
    }
    const entry = cluster * 4 - at;
    if (entry + 4 > window.bytes.length) throw noFat('its table is cut off');
    const value = window.bytes.readUInt32LE(entry) & 0x0fffffff;
    if (value >= 0x0ffffff8) return undefined;
    if (value < 2 || value >= clusters + 2) throw noFat('a chain of clusters leads out of it');
    return value;
  };
  return { fat: { clusterSize, clusters, dataAt, next }, root: bytes.readUInt32LE(44) };
}

/** § "FAT Directory Structure", and "FAT Long Directory Entries". */
async function readFolder(read: Read, fat: Fat, first: number) {
  const found: { name: string; isFolder: boolean; cluster: number; size: number }[] = [];
  let long = '';
  let count = 0;
  for (let cluster: number | undefined = first; cluster !== undefined; cluster = await fat.next(cluster)) {
    if (++count > 1000 || cluster < 2 || cluster >= fat.clusters + 2) throw noFat('a folder of it is broken');
    const bytes = await read(fat.dataAt + (cluster - 2) * fat.clusterSize, fat.clusterSize);
    for (let at = 0; at + 32 <= bytes.length; at += 32) {
      const record = bytes.subarray(at, at + 32);
      if (record[0] === 0) return found;
      const attributes = record[11]!;
      if (record[0] === 0xe5) long = '';
      else if (attributes === 0x0f) long = longPart(record) + (record[0]! & 0x40 ? '' : long);
      else {
        const name = long === '' ? shortName(record) : long.replace(/\0.*$/s, '');
        long = '';
        if (attributes & 0x08 || name === '.' || name === '..') continue;
        const start = record.readUInt16LE(20) * 65_536 + record.readUInt16LE(26);
        found.push({ name, isFolder: (attributes & 0x10) !== 0, cluster: start, size: record.readUInt32LE(28) });
      }
    }
  }
  return found;
}

function longPart(record: Buffer): string {
  return Buffer.concat([record.subarray(1, 11), record.subarray(14, 26), record.subarray(28, 32)]).toString('utf16le');
}

/** Windows NT's bits 3 and 4 say which part was written in lower case. */
function shortName(record: Buffer): string {
  const part = (start: number, end: number, bit: number): string => {
    const text = record.toString('latin1', start, end).trimEnd();
    return record[12]! & bit ? text.toLowerCase() : text;
  };
  const [base, extension] = [part(0, 8, 0x08), part(8, 11, 0x10)];
  return extension === '' ? base : `${base}.${extension}`;
}

/** A file's clusters are as many as its size needs. */
async function checkChain(fat: Fat, first: number, size: number, path: string): Promise<void> {
  let count = 0;
  const most = Math.ceil(size / fat.clusterSize);
  for (let cluster = size === 0 ? undefined : first; cluster !== undefined; cluster = await fat.next(cluster)) {
    if (++count > most || cluster < 2) throw noFat(`${path} is broken`);
  }
  if (count !== most) throw noFat(`${path} is cut off`);
}

function noFat(why: string): ProjectError {
  return new ProjectError('INGOT_ESP', `no sound FAT32 file system: ${why}`, {
    help: '`fsck.vfat -n` of dosfstools says more; build the disk again',
  });
}
