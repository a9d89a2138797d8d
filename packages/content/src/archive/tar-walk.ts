import { Header } from 'tar/header';
import { Pax } from 'tar/pax';
import { ContentError } from '../error.ts';
import type { RandomReader } from './random-reader.ts';

/** What a tar holds at a position. `offset` and `size` of the content, in bytes. */
export interface TarMember {
  /** As it is written there. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'hardlink' | 'other';
  readonly offset: number;
  readonly size: number;
  /** Of links. */
  readonly target: string;
}

const block = 512;
const maxMembers = 1_000_000;
/** Names and pax records are small; node-tar takes at most 1 MiB as well. */
const maxExtension = 1024 * 1024;

/** What a header may say beforehand of the next member (pax x and g, GNU L and K). */
interface Pending {
  local: Pax | undefined;
  global: Pax | undefined;
  path: string | undefined;
  target: string | undefined;
}

/**
 * The members of a tar (POSIX ustar and pax, GNU) by their positions, without reading their content. Each step goes
 * forward, none beyond the end, so no file can hold us. Throws ContentError INGOT_TAR for anything that is no sound tar.
 */
export async function* walkTar(reader: RandomReader): AsyncGenerator<TarMember, void, undefined> {
  const pending: Pending = { local: undefined, global: undefined, path: undefined, target: undefined };
  let position = 0;
  for (let members = 0; ; members += 1) {
    if (members > maxMembers) throw bad(reader, position, `has more than ${maxMembers} members`);
    // POSIX ends with two blocks of zeros; some writers forget them.
    if (position === reader.size && members > 0) return;
    const head = await reader.read(position, block);
    if (head.length < block) throw bad(reader, position, 'ends within a header');
    const header = parseHeader(head, pending, reader, position);
    if (header.nullBlock) return;
    if (!header.cksumValid) throw bad(reader, position, 'has no header where one should be');
    const size = contentSize(header);
    const offset = position + block;
    if (!Number.isSafeInteger(size) || size < 0) throw bad(reader, position, 'has a member without a size');
    if (offset + size > reader.size) throw bad(reader, position, `names ${size} bytes, more than the file has`);
    position = offset + Math.ceil(size / block) * block;
    if (!(await extend(pending, header, reader, offset, size))) {
      yield member(header, pending, offset, size);
      pending.local = pending.path = pending.target = undefined;
    }
  }
}

function parseHeader(head: Buffer, pending: Pending, reader: RandomReader, position: number): Header {
  try {
    return new Header(head, 0, pending.local, pending.global);
  } catch (cause) {
    throw bad(reader, position, 'has a header that cannot be read', cause);
  }
}

/** Types that have no content, whatever their size field says (as Go's archive/tar reads them). */
const headerOnly = new Set(['Link', 'SymbolicLink', 'Directory', 'CharacterDevice', 'BlockDevice', 'FIFO']);

function contentSize(header: Header): number {
  return headerOnly.has(header.type) ? 0 : (header.size ?? Number.NaN);
}

/** Takes up what an extension header says. False where it is none. */
async function extend(
  pending: Pending,
  header: Header,
  reader: RandomReader,
  offset: number,
  size: number,
): Promise<boolean> {
  const isPax = header.type === 'ExtendedHeader' || header.type === 'OldExtendedHeader';
  const isGlobal = header.type === 'GlobalExtendedHeader';
  const isLong =
    header.type === 'NextFileHasLongPath' ||
    header.type === 'NextFileHasLongLinkpath' ||
    header.type === 'OldGnuLongPath';
  if (!isPax && !isGlobal && !isLong) return false;
  if (size > maxExtension) throw bad(reader, offset, `has a header of ${size} bytes`);
  const text = (await reader.read(offset, size)).toString('utf8');
  if (isPax) pending.local = Pax.parse(text, pending.local, false);
  else if (isGlobal) pending.global = Pax.parse(text, pending.global, true);
  else if (header.type === 'NextFileHasLongLinkpath') pending.target = text.replace(/\0.*$/s, '');
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
]);

function member(header: Header, pending: Pending, offset: number, size: number): TarMember {
  return {
    path: pending.local?.path ?? pending.path ?? header.path ?? '',
    type: types.get(header.type) ?? 'other',
    offset,
    size,
    target: pending.local?.linkpath ?? pending.target ?? header.linkpath ?? '',
  };
}

function bad(reader: RandomReader, position: number, what: string, cause?: unknown): ContentError {
  return new ContentError('INGOT_TAR', `${reader.path} ${what} (at byte ${position})`, {
    path: reader.path,
    cause,
    help: 'It is no tar archive, or was truncated: save or copy it again.',
  });
}
