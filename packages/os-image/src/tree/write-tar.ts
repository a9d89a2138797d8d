import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { tarStream, writeWhole, type LayerEntry } from '@ingot/content';
import { ProjectError } from '@ingot/workspace';

export interface WrittenFile {
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
}

export interface WriteOptions {
  /** Of entries without a time of their own, in seconds since 1970. */
  readonly time: number;
  readonly onBytes?: (bytes: number) => void;
  /** What must not be in it. */
  readonly secrets?: readonly string[];
  readonly signal?: AbortSignal;
}

/**
 * Writes entries as a deterministic tar, hashed while it goes by: contents are read once, and never held. Throws
 * ProjectError INGOT_ROOTFS_SECRET where a secret goes by, and content's errors (INGOT_DISK_FULL, INGOT_LAYER_*).
 */
export async function writeTar(
  file: string,
  entries: Iterable<LayerEntry>,
  options: WriteOptions,
): Promise<WrittenFile> {
  return writeStream(file, tarStream(entries, { mtime: options.time }), options);
}

/** Writes a stream into a file, whole or not at all, and answers with its digest and size. */
export async function writeStream(
  file: string,
  content: AsyncIterable<Uint8Array>,
  { onBytes, secrets = [], signal }: Omit<WriteOptions, 'time'> = {},
): Promise<WrittenFile> {
  const hash = createHash('sha256');
  const search = new SecretSearch(secrets);
  let size = 0;
  await writeWhole(join(file, '..'), async (output) => {
    for await (const part of content) {
      signal?.throwIfAborted();
      hash.update(part);
      search.check(part);
      for (let done = 0; done < part.length;) {
        done += (await output.write(part, done, part.length - done, size + done)).bytesWritten;
      }
      size += part.length;
      onBytes?.(part.length);
    }
    return file;
  });
  return { digest: `sha256:${hash.digest('hex')}`, size };
}

/** Looks for secrets in a stream, also where one lies across two parts of it. */
class SecretSearch {
  readonly #secrets: readonly Buffer[];
  readonly #overlap: number;
  #last: Buffer = Buffer.alloc(0);

  constructor(secrets: readonly string[]) {
    this.#secrets = secrets.map((secret) => Buffer.from(secret));
    this.#overlap = Math.max(0, ...this.#secrets.map(({ length }) => length - 1));
  }

  check(part: Uint8Array): void {
    if (this.#secrets.length === 0) return;
    const bytes = Buffer.concat([this.#last, part]);
    if (this.#secrets.some((secret) => bytes.includes(secret))) {
      throw new ProjectError('INGOT_ROOTFS_SECRET', 'a secret of the description is in the root file system', {
        help: 'a hook, a package or an instruction of the Dockerfile has put it there: it is for the build alone',
      });
    }
    this.#last = Buffer.from(bytes.subarray(Math.max(0, bytes.length - this.#overlap)));
  }
}
