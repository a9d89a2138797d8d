import { ContentError } from '../error.ts';
import { readSpan } from '../file-span.ts';
import type { Compression } from '../media-type.ts';
import type { FileSpan } from '../store.ts';

/** The first bytes of what we can read (RFC 1952 §2.3.1, RFC 8878 §3.1.1), and of what we know but cannot. */
const magics: readonly (readonly [hex: string, is: Compression | 'bzip2' | 'xz'])[] = [
  ['1f8b08', 'gzip'],
  ['28b52ffd', 'zstd'],
  ['425a68', 'bzip2'],
  ['fd377a585a00', 'xz'],
];

/** How the content of a span is compressed, by its first bytes. Throws ContentError INGOT_COMPRESSION for bzip2 and xz. */
export async function detectCompression(span: FileSpan): Promise<Compression> {
  const head = await firstBytes(span, 6);
  const found = magics.find(([hex]) => head.startsWith(hex))?.[1] ?? 'none';
  if (found !== 'bzip2' && found !== 'xz') return found;
  throw new ContentError('INGOT_COMPRESSION', `${span.path} is compressed with ${found}`, {
    path: span.path,
    help: 'Decompress it, or compress it with gzip or zstd.',
  });
}

async function firstBytes(span: FileSpan, most: number): Promise<string> {
  for await (const part of readSpan(span, { offset: 0, length: Math.min(most, span.size) })) {
    return Buffer.from(part).toString('hex');
  }
  return '';
}
