import { createHash } from 'node:crypto';
import { ContentError } from './error.ts';

const syntax = /^sha256:[0-9a-f]{64}$/;

/** The digest of `bytes`: `sha256:` and 64 lower-case hex digits. OCI image-spec, descriptor.md § Digests. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** True for `sha256:` and 64 lower-case hex digits: the one algorithm that every consumer knows. */
export function isDigest(text: unknown): text is string {
  return typeof text === 'string' && syntax.test(text);
}

/** The 64 hex digits of a digest: safe as a file name. Throws ContentError INGOT_DIGEST for anything else. */
export function hexOf(digest: string): string {
  if (!isDigest(digest)) {
    throw new ContentError('INGOT_DIGEST', `${JSON.stringify(digest)} is not a digest`, {
      help: 'A digest is "sha256:" and 64 lower-case hexadecimal digits.',
    });
  }
  return digest.slice('sha256:'.length);
}
