import { ContentError } from '../error.ts';
import { OpenSpan } from './file.ts';
import { encodeHeader, endOfArchive, padding } from './header.ts';
import { readAhead } from './read-ahead.ts';
import { arrange } from './tree.ts';
import type { LayerEntry, LayerFile } from './entry.ts';
import type { Task } from './read-ahead.ts';
import type { FileSpan } from '../store.ts';

export interface TarOptions {
  /** Of every entry, in seconds since 1970. */
  readonly mtime: number;
}

/** A larger file is streamed in pieces of this size; a smaller one is read in one go. Bytes. */
const pieceSize = 1024 * 1024;
/** Most of the time that 2,000 small files take is waiting for the disk and for Node's thread pool. */
const ahead = { tasks: 16, bytes: 8 * 1024 * 1024 };

/**
 * A tar archive whose bytes depend on nothing but the entries (whatever their order) and `mtime`. Throws what `arrange`
 * and `OpenSpan` throw, and ContentError INGOT_LAYER_ENTRY for a wrong mtime or content.
 */
export async function* tarStream(
  entries: Iterable<LayerEntry>,
  { mtime }: TarOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  checkTime(mtime);
  for await (const part of readAhead(tasks(arrange(entries), mtime), ahead)) {
    if (part instanceof Uint8Array) yield part;
    else yield* part;
  }
  yield endOfArchive;
}

/** A small entry becomes its bytes; a large one a stream, which begins when it is its turn. */
function* tasks(entries: readonly LayerEntry[], mtime: number): Iterable<Task<Uint8Array | AsyncIterable<Uint8Array>>> {
  for (const entry of entries) {
    if (entry.type !== 'file') yield { cost: 0, start: async () => encodeHeader(entry, mtime) };
    else if (entry.size <= pieceSize) yield { cost: entry.size, start: () => framed(entry, mtime) };
    else yield { cost: 0, start: async () => streamed(entry, mtime) };
  }
}

/** Header, content and padding in one buffer. */
async function framed(entry: LayerFile, mtime: number): Promise<Uint8Array> {
  const content = checkedContent(entry);
  const header = encodeHeader(entry, mtime);
  const buffer = Buffer.alloc(header.length + entry.size + padding(entry.size));
  buffer.set(header);
  if (content instanceof Uint8Array) buffer.set(content, header.length);
  else await readWhole(content, buffer.subarray(header.length, header.length + entry.size));
  return buffer;
}

async function readWhole(span: FileSpan, buffer: Uint8Array): Promise<void> {
  const file = await OpenSpan.open(span);
  try {
    await file.read(buffer, 0);
    await file.checkUnchanged();
  } finally {
    await file.close();
  }
}

async function* streamed(entry: LayerFile, mtime: number): AsyncGenerator<Uint8Array, void, undefined> {
  const content = checkedContent(entry);
  yield encodeHeader(entry, mtime);
  if (content instanceof Uint8Array) yield content;
  else yield* pieces(content);
  yield new Uint8Array(padding(entry.size));
}

/** The next piece is read while one is being used. */
async function* pieces(span: FileSpan): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await OpenSpan.open(span);
  try {
    yield* readAhead(pieceTasks(file, span.size), { tasks: 2, bytes: 2 * pieceSize });
    await file.checkUnchanged();
  } finally {
    await file.close();
  }
}

function* pieceTasks(file: OpenSpan, size: number): Iterable<Task<Uint8Array>> {
  for (let offset = 0; offset < size; offset += pieceSize) {
    const buffer = Buffer.allocUnsafeSlow(Math.min(pieceSize, size - offset));
    yield { cost: buffer.length, start: () => file.read(buffer, offset).then(() => buffer) };
  }
}

function checkedContent({ path, size, content }: LayerFile): FileSpan | Uint8Array {
  const actual = content instanceof Uint8Array ? content.length : content.size;
  if (actual === size) return content;
  throw new ContentError('INGOT_LAYER_ENTRY', `${JSON.stringify(path)} has ${actual} bytes, not ${size}`, {
    path,
    help: 'The size of an entry is the size of its content.',
  });
}

function checkTime(mtime: number): void {
  // The most that a Date holds.
  if (Number.isSafeInteger(mtime) && mtime >= 0 && mtime <= 8.64e12) return;
  throw new ContentError('INGOT_LAYER_ENTRY', `${mtime} is not a time for a layer`, {
    help: 'Give whole seconds since 1970, as SOURCE_DATE_EPOCH has them.',
  });
}
