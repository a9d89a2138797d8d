import { createHash } from 'node:crypto';

export interface StoredManifest {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** An upload that is under way: what has arrived so far. */
export interface Upload {
  readonly id: string;
  parts: Buffer[];
  size: number;
}

/** What one repository of the registry holds. Tests may look, and may change it. */
export class RepositoryContents {
  readonly blobs = new Map<string, Buffer>();
  readonly manifests = new Map<string, StoredManifest>();
  /** Tag to digest. */
  readonly tags = new Map<string, string>();
  readonly uploads = new Map<string, Upload>();

  /** Puts a blob there without a request, and answers with its digest. */
  addBlob(bytes: Uint8Array): string {
    const digest = sha256(bytes);
    this.blobs.set(digest, Buffer.from(bytes));
    return digest;
  }

  /** Puts a manifest there without a request, and answers with its digest. Nothing is checked. */
  addManifest(mediaType: string, bytes: Uint8Array, ...tags: readonly string[]): string {
    const digest = sha256(bytes);
    this.manifests.set(digest, { mediaType, bytes: Buffer.from(bytes) });
    for (const tag of tags) this.tags.set(tag, digest);
    return digest;
  }
}

export function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
