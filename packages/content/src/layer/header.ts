import { Header } from 'tar';
import type { LayerEntry } from './entry.ts';

const blockSize = 512;
/** The most that a ustar field of 8 or 12 bytes takes in octal: IEEE 1003.1 pax, "ustar Interchange Format". */
const maxOctal8 = 0o7777777;
const maxOctal12 = 0o77777777777;

/** As `tar` names what ustar's typeflag says. */
type EntryType =
  'File' | 'Link' | 'SymbolicLink' | 'Directory' | 'CharacterDevice' | 'BlockDevice' | 'FIFO' | 'ExtendedHeader';

const types: Readonly<Record<LayerEntry['type'], EntryType>> = {
  file: 'File',
  directory: 'Directory',
  symlink: 'SymbolicLink',
  hardlink: 'Link',
  character: 'CharacterDevice',
  block: 'BlockDevice',
  fifo: 'FIFO',
};

type PaxValue = string | number | Uint8Array;
type PaxRecord = readonly [key: string, value: PaxValue];

/** Bytes from an entry's end to the next block. */
export function padding(size: number): number {
  return (blockSize - (size % blockSize)) % blockSize;
}

/** The end of an archive: two blocks of zeros (IEEE 1003.1 pax, ustar § the end). */
export const endOfArchive: Uint8Array = new Uint8Array(2 * blockSize);

/**
 * What goes before an entry's content: a ustar header, with a pax header before it where ustar cannot say it (names
 * over 100 bytes or not ASCII, owners over 2,097,151, sizes of 8 GiB and more, extended attributes as SCHILY.xattr). No
 * user names, no access times; `layerTime`, in seconds since 1970, where the entry has no time of its own. The field `prefix` stays empty, so that a name is either whole or in pax.
 */
export function encodeHeader(entry: LayerEntry, layerTime: number): Uint8Array {
  const mtime = entry.mtime ?? layerTime;
  const path = entry.type === 'directory' ? `${entry.path}/` : entry.path;
  const link = entry.type === 'symlink' || entry.type === 'hardlink' ? entry.target : '';
  const size = entry.type === 'file' ? entry.size : 0;
  const device = entry.type === 'character' || entry.type === 'block' ? entry : undefined;
  const records: PaxRecord[] = [];
  for (const [name, value] of Object.entries(entry.xattrs ?? {})) records.push([`SCHILY.xattr.${name}`, value]);
  if (entry.gid > maxOctal8) records.push(['gid', entry.gid]);
  if (!fits(link)) records.push(['linkpath', link]);
  if (mtime > maxOctal12) records.push(['mtime', mtime]);
  if (!fits(path)) records.push(['path', path]);
  if (size > maxOctal12) records.push(['size', size]);
  if (entry.uid > maxOctal8) records.push(['uid', entry.uid]);
  records.sort(([a], [b]) => (a < b ? -1 : 1));
  const header = block({
    path: short(path),
    mode: entry.mode,
    uid: within(entry.uid, maxOctal8),
    gid: within(entry.gid, maxOctal8),
    size: within(size, maxOctal12),
    mtime: within(mtime, maxOctal12),
    type: types[entry.type],
    linkpath: short(link),
    ...(device ? { devmaj: device.major, devmin: device.minor } : {}),
  });
  return records.length === 0 ? header : Buffer.concat([extended(path, records), header]);
}

/** A pax extended header (IEEE 1003.1 pax, "pax Extended Header"), which speaks of the next entry. */
function extended(path: string, records: readonly PaxRecord[]): Uint8Array {
  const body = Buffer.concat(records.map(([key, value]) => record(key, value)));
  const header = block({
    path: short(`PaxHeaders/${path.replace(/\/$/, '').replace(/^.*\//s, '')}`),
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: body.length,
    mtime: 0,
    type: 'ExtendedHeader',
    linkpath: '',
  });
  return Buffer.concat([header, body, Buffer.alloc(padding(body.length))]);
}

/** `"%d %s=%s\n"`: the number counts the whole record, itself included. */
function record(key: string, value: PaxValue): Uint8Array {
  const content = value instanceof Uint8Array ? value : Buffer.from(String(value));
  const rest = Buffer.concat([Buffer.from(` ${key}=`), content, Buffer.from('\n')]);
  let length = rest.length + String(rest.length).length;
  if (rest.length + String(length).length > length) length++;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

interface Fields {
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtime: number;
  readonly type: EntryType;
  readonly linkpath: string;
  readonly devmaj?: number;
  readonly devmin?: number;
}

function block({ mtime, ...fields }: Fields): Buffer {
  const buffer = Buffer.alloc(blockSize);
  new Header({ ...fields, mtime: new Date(mtime * 1000), uname: '', gname: '' }).encode(buffer);
  return buffer;
}

function fits(name: string): boolean {
  return name.length < 100 && /^[\x20-\x7e]*$/.test(name);
}

/** For readers that know no pax: what of the name can be said in ustar. */
function short(name: string): string {
  return name.replace(/[^\x20-\x7e]/gu, '_').slice(0, 99);
}

/** A value that is said in the pax header is 0 here, as Go's archive/tar writes it. */
function within(value: number, most: number): number {
  return value > most ? 0 : value;
}
