import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { decompress, readSpan } from '@ingot/content';
import { bothHave, firstDifference, partOf, written } from './bytes.ts';
import { field, within } from './comparer.ts';
import type { FileSpan } from '@ingot/content';
import type { Comparer, Difference, Inside, Pair } from './comparer.ts';

interface Format {
  readonly name: string;
  readonly magic: Buffer;
  /** The ending of names that is taken off. */
  readonly ending: RegExp;
  unpack(span: FileSpan): AsyncIterable<Uint8Array>;
  /** What the header has besides the content. */
  header?(pair: Pair): AsyncIterable<Difference>;
}

const formats: readonly Format[] = [
  {
    name: 'gzip',
    magic: Buffer.from([0x1f, 0x8b]),
    ending: /\.t?gz$/,
    unpack: (span) => decompress(readSpan(span), 'gzip'),
    header: gzipHeader,
  },
  {
    name: 'zstd',
    magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
    ending: /\.t?zst$/,
    unpack: (span) => decompress(readSpan(span), 'zstd'),
  },
  byProgram('xz', Buffer.from('fd377a585a00', 'hex'), /\.t?xz$/),
  byProgram('lz4', Buffer.from('04224d18', 'hex'), /\.lz4$/),
  byProgram('bzip2', Buffer.from('BZh'), /\.t?bz2$/),
];

/** Compressed files, each format a comparer: what is in them is compared, then their headers. */
export const compressedComparers: readonly Comparer[] = formats.map((format) => ({
  format: format.name,

  reads: (pair) => bothHave(pair, 0, format.magic),

  async *compare(pair: Pair, inside: Inside) {
    const [first, second] = [
      await written(format.unpack(pair.first), inside),
      await written(format.unpack(pair.second), inside),
    ];
    const content = { name: pair.name.replace(format.ending, ''), first, second };
    if ((await firstDifference(content, inside.signal)) !== undefined) {
      yield* within(`${format.name} content`, inside.compare(content));
    } else if (format.header !== undefined) yield* within('gzip header', format.header(pair));
  },
}));

/** RFC 1952 § 2.3. */
async function* gzipHeader({ first, second }: Pair): AsyncGenerator<Difference> {
  const [one, other] = [await partOf(first, 0, 10), await partOf(second, 0, 10)];
  yield* field('flags', one[3], other[3]);
  yield* field('mtime', one.readUInt32LE(4), other.readUInt32LE(4));
  yield* field('extra flags', one[8], other[8]);
  yield* field('operating system', one[9], other[9]);
}

function byProgram(name: string, magic: Buffer, ending: RegExp): Format {
  return { name, magic, ending, unpack: (span) => unpackedBy(name, span) };
}

/** Throws where the program is not there, or fails. */
async function* unpackedBy(program: string, span: FileSpan): AsyncGenerator<Uint8Array> {
  const child = spawn(program, ['-d', '-c'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = once(child, 'close') as Promise<[number | null]>;
  // Both are looked at below: whichever fails first must not count as forgotten.
  ended.catch(() => undefined);
  const fed = pipeline(Readable.from(readSpan(span)), child.stdin).catch(() => undefined);
  try {
    yield* child.stdout;
    await fed;
    const [code] = await ended;
    if (code !== 0) throw new Error(`${program} ends with ${code}`);
  } finally {
    child.kill();
  }
}
