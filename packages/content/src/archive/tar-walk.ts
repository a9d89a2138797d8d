import { Header } from 'tar/header';
import { ContentError } from '../error.ts';
import { parsePax, paxNumber, type PaxRecords } from './pax.ts';

/** What a tar holds at a position. `offset` and `size` of the content, in bytes. */
export interface TarMember {
  /** As it is written there. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'hardlink' | 'character' | 'block' | 'fifo' | 'sparse' | 'other';
  readonly offset: number;
  readonly size: number;
  /** Of links. */
  readonly target: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** In seconds since 1970. */
  readonly mtime: number;
  /** Of devices. */
  readonly major: number;
  readonly minor: number;
  /** What pax says of it: `SCHILY.xattr.*` and all else. */
  readonly pax: PaxRecords;
}

/** Gives pieces of a tar, each further on than the one before, or the same. */
export interface TarReader {
  /** For errors. */
  readonly path: string;
  /** In bytes; as large as can be where nobody knows. */
  readonly size: number;
  /** The bytes at `position`, until the next call; fewer where the tar ends. */
  read(position: number, length: number): Promise<Buffer>;
}

const block = 512;
const maxMembers = 1_000_000;
/** Names and pax records are small; node-tar takes at most 1 MiB as well. */
const maxExtension = 1024 * 1024;

/** What a header may say beforehand of the next member (pax x and g, GNU L and K). */
interface Pending {
  local: PaxRecords | undefined;
  global: PaxRecords | undefined;
  path: string | undefined;
  target: string | undefined;
}

/**
 * The members of a tar (POSIX ustar and pax, GNU) by their positions, without reading their content. Each step goes
 * forward, none beyond the end, so no file can hold us. Throws ContentError INGOT_TAR for anything that is no sound tar.
 */
export async function* walkTar(reader: TarReader): AsyncGenerator<TarMember, void, undefined> {
  const pending: Pending = { local: undefined, global: undefined, path: undefined, target: undefined };
  let position = 0;
  for (let members = 0; ; members += 1) {
    if (members > maxMembers) throw bad(reader, position, `has more than ${maxMembers} members`);
    // POSIX ends with two blocks of zeros; some writers forget them.
    if (position === reader.size && members > 0) return;
    const head = await reader.read(position, block);
    if (head.length < block) throw bad(reader, position, 'ends within a header');
    const header = parseHeader(head, reader, position);
    if (header.nullBlock) return;
    if (!header.cksumValid) throw bad(reader, position, 'has no header where one should be');
    const size = contentSize(header, pending);
    const offset = position + block;
    if (!Number.isSafeInteger(size) || size < 0) throw bad(reader, position, 'has a member without a size');
    if (offset + size > reader.size) throw bad(reader, position, `names ${size} bytes, more than the file has`);
    position = offset + Math.ceil(size / block) * block;
    if (!(await extend(pending, header, reader, offset, size))) {
      yield member(header, head, pending, offset, size);
      pending.local = pending.path = pending.target = undefined;
    }
  }
}

function parseHeader(head: Buffer, reader: TarReader, position: number): Header {
  try {
    return new Header(head);
  } catch (cause) {
    throw bad(reader, position, 'has a header that cannot be read', cause);
  }
}

/** Types that have no content, whatever their size field says (as Go's archive/tar reads them). */
const headerOnly = new Set(['Link', 'SymbolicLink', 'Directory', 'CharacterDevice', 'BlockDevice', 'FIFO']);

/** Headers before a member say the size of themselves: what pax says is of the member. */
const extensions = new Set([
  'ExtendedHeader',
  'OldExtendedHeader',
  'GlobalExtendedHeader',
  'NextFileHasLongPath',
  'NextFileHasLongLinkpath',
  'OldGnuLongPath',
]);

function contentSize(header: Header, pending: Pending): number {
  if (headerOnly.has(header.type)) return 0;
  const said = extensions.has(header.type) ? undefined : stated(pending, 'size')?.toString('latin1');
  if (said !== undefined) return /^\d{1,15}$/.test(said) ? Number(said) : Number.NaN;
  return header.size ?? Number.NaN;
}

function stated(pending: Pending, key: string): Buffer | undefined {
  return pending.local?.get(key) ?? pending.global?.get(key);
}

/** Takes up what an extension header says. False where it is none. */
async function extend(
  pending: Pending,
  header: Header,
  reader: TarReader,
  offset: number,
  size: number,
): Promise<boolean> {
  const isPax = header.type === 'ExtendedHeader' || header.type === 'OldExtendedHeader';
  const isGlobal = header.type === 'GlobalExtendedHeader';
  if (!extensions.has(header.type)) return false;
  if (size > maxExtension) throw bad(reader, offset, `has a header of ${size} bytes`);
  // A copy: the reader's window moves on.
  const bytes = Buffer.from(await reader.read(offset, size));
  if (isPax || isGlobal) {
    const records = parsePax(bytes);
    if (records === undefined) throw bad(reader, offset, 'has a pax header with a wrong length');
    if (isPax) pending.local = new Map([...(pending.local ?? []), ...records]);
    else pending.global = new Map([...(pending.global ?? []), ...records]);
    return true;
  }
  const text = bytes.toString('utf8');
  if (header.type === 'NextFileHasLongLinkpath') pending.target = text.replace(/\0.*$/s, '');
  else pending.path = text.replace(/\0.*$/s, '');
  return true;
}

const types = new Map<string, TarMember['type']>([
  ['File', 'file'],
  ['OldFile', 'file'],
  ['ContiguousFile', 'file'],
  ['Directory', 'directory'],
  ['SymbolicLink', 'symlink'],
  ['Link', 'hardlink'],
  ['CharacterDevice', 'character'],
  ['BlockDevice', 'block'],
  ['FIFO', 'fifo'],
]);

function member(header: Header, head: Buffer, pending: Pending, offset: number, size: number): TarMember {
  const pax: PaxRecords = new Map([...(pending.global ?? []), ...(pending.local ?? [])]);
  const type = isSparse(head, pax) ? 'sparse' : (types.get(header.type) ?? 'other');
  const number = (key: string, written: number | undefined) => paxNumber(pax.get(key)) ?? written ?? 0;
  return {
    // A global header names no single file.
    path: pending.local?.get('path')?.toString('utf8') ?? pending.path ?? header.path ?? '',
    type,
    offset,
    size,
    target: pending.local?.get('linkpath')?.toString('utf8') ?? pending.target ?? header.linkpath ?? '',
    mode: (header.mode ?? 0) & 0o7777,
    uid: number('uid', header.uid),
    gid: number('gid', header.gid),
    mtime: Math.max(0, number('mtime', Math.floor((header.mtime?.getTime() ?? 0) / 1000))),
    major: octal(head, 329),
    minor: octal(head, 337),
    pax,
  };
}

/** GNU tar's own type S, and what it writes with --format=posix (GNU tar manual, "Storing Sparse Files"). */
function isSparse(head: Buffer, pax: PaxRecords): boolean {
  return head[156] === 0x53 || pax.has('GNU.sparse.major') || pax.has('GNU.sparse.map');
}

/** Devices: node-tar reads them of POSIX archives, and not of GNU's, which have them at the same place. */
function octal(head: Buffer, position: number): number {
  const digits = /^[0-7]+/.exec(head.toString('latin1', position, position + 8).trimStart());
  return digits ? Number.parseInt(digits[0], 8) : 0;
}

function bad(reader: TarReader, position: number, what: string, cause?: unknown): ContentError {
  return new ContentError('INGOT_TAR', `${reader.path} ${what} (at byte ${position})`, {
    path: reader.path,
    cause,
    help: 'It is no tar archive, or was truncated: save or copy it again.',
  });
}
