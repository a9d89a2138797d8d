import { createHash } from 'node:crypto';
import { hexOf } from './digest.ts';
import { ContentError } from './error.ts';
import type { Descriptor } from './descriptor.ts';
import type { Fetcher } from './store.ts';

/** What one small blob (a manifest, a config) may take in memory: 4 MiB, as the distribution registry allows. */
export const smallBlob = 4 * 1024 * 1024;

/**
 * A whole blob, checked against its descriptor (oras-go content.FetchAll). `limit` in bytes.
 * Throws ContentError INGOT_BLOB_LIMIT, INGOT_BLOB_WRONG, INGOT_BLOB_MISSING.
 */
export async function readBlob(
  fetcher: Fetcher,
  descriptor: Descriptor,
  { limit = smallBlob }: { limit?: number } = {},
): Promise<Uint8Array> {
  if (descriptor.size > limit) {
    throw new ContentError(
      'INGOT_BLOB_LIMIT',
      `blob ${descriptor.digest} has ${descriptor.size} bytes, more than ${limit}`,
      {
        digest: descriptor.digest,
        help: 'Manifests and configs are small; this one is broken, or made to do harm.',
      },
    );
  }
  const parts: Uint8Array[] = [];
  for await (const part of verified(descriptor, fetcher.fetch(descriptor))) parts.push(Uint8Array.from(part));
  return Buffer.concat(parts);
}

/** A blob's bytes whose keeper wants to know when they turn out wrong: a cache then drops them. */
export interface Content extends AsyncIterable<Uint8Array> {
  /** Tells the keeper. Never throws. */
  reject?(): Promise<void>;
}

/**
 * Passes `content` on and checks it: after the last byte it throws ContentError INGOT_BLOB_WRONG where size or digest
 * differ, and at once where there are more bytes than the descriptor says. Content that can be rejected is.
 */
export async function* verified(descriptor: Descriptor, content: Content): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* checked(descriptor, content);
  } catch (error) {
    if (error instanceof ContentError && error.code === 'INGOT_BLOB_WRONG') await content.reject?.();
    throw error;
  }
}

async function* checked(descriptor: Descriptor, content: Content): AsyncGenerator<Uint8Array, void, undefined> {
  const hex = hexOf(descriptor.digest);
  const hash = createHash('sha256');
  let size = 0;
  for await (const part of content) {
    size += part.length;
    if (size > descriptor.size) {
      throw wrongBlob(descriptor, `has more than the ${descriptor.size} bytes it should have`);
    }
    hash.update(part);
    yield part;
  }
  if (size < descriptor.size) throw wrongBlob(descriptor, `has ${size} bytes, not ${descriptor.size}`);
  const actual = hash.digest('hex');
  if (actual !== hex) throw wrongBlob(descriptor, `has the digest sha256:${actual}`);
}

/** The error INGOT_BLOB_WRONG; `what` says what is wrong, `path` where the blob lies. */
export function wrongBlob(descriptor: Descriptor, what: string, path?: string): ContentError {
  return new ContentError('INGOT_BLOB_WRONG', `blob ${descriptor.digest} ${what}`, {
    digest: descriptor.digest,
    ...(path === undefined ? {} : { path }),
    help: 'It was truncated or changed: build, pull or copy it again.',
  });
}

/** The error INGOT_BLOB_MISSING: `where` says in which place the blob is not. */
export function missingBlob(descriptor: Descriptor, where: string, path?: string): ContentError {
  return new ContentError('INGOT_BLOB_MISSING', `blob ${descriptor.digest} is not in ${where}`, {
    digest: descriptor.digest,
    ...(path === undefined ? {} : { path }),
    help: 'Build the image again, or give a source that holds all of its blobs.',
  });
}
