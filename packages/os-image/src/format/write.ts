import { createHash } from 'node:crypto';
import { chmod, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readSpan, writeWhole } from '@ingot/content';
import { ProjectError } from '@ingot/workspace';

export interface WriteOptions {
  /** So many bytes more have been written. */
  readonly onBytes?: (bytes: number) => void;
  /** What the bytes must turn out to be: INGOT_OS_IMAGE_CHANGED is thrown else. */
  readonly expected?: { readonly digest: string; readonly size: number };
  /** Leave holes where there are zeros. */
  readonly sparse?: boolean;
  /** Default 0644. */
  readonly mode?: number;
  /** Hears the MD5 sum of the bytes, 32 hex digits. */
  readonly onMd5?: (sum: string) => void;
}

export interface WrittenFile {
  /** As it was given. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  readonly digest: string;
}

/** File systems allocate blocks of 4 KiB or more; a hole is worth it from some of them on. */
const holeSize = 64 * 1024;
const zeros = Buffer.alloc(holeSize);

/**
 * Writes `<folder>/<path>` whole or not at all, hashing the bytes on their way; new folders are 0755. Throws what
 * `content` throws, ContentError INGOT_DISK_FULL, INGOT_UNWRITABLE, INGOT_FILE, and ProjectError INGOT_OS_IMAGE_CHANGED.
 */
export async function writeOutput(
  folder: string,
  path: string,
  content: AsyncIterable<Uint8Array>,
  { onBytes, expected, sparse = false, mode = 0o644, onMd5 }: WriteOptions = {},
): Promise<WrittenFile> {
  const target = join(folder, path);
  const sha256 = createHash('sha256');
  const md5 = onMd5 && createHash('md5');
  let [size, digest] = [0, ''];
  await writeWhole(dirname(target), async (file) => {
    for await (const part of content) {
      sha256.update(part);
      md5?.update(part);
      await (sparse ? writeWithHoles(file, part, size) : writeAt(file, part, size));
      size += part.length;
      onBytes?.(part.length);
    }
    if (sparse) await file.truncate(size);
    digest = `sha256:${sha256.digest('hex')}`;
    if (expected && (expected.digest !== digest || expected.size !== size))
      throw changedSource(target, expected.digest);
    return target;
  });
  if (mode !== 0o644) await chmod(target, mode);
  if (md5) onMd5(md5.digest('hex'));
  return { path, size, digest };
}

/** A file that another target made, by its absolute path. */
export interface SourceFile {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  readonly digest: string;
}

/** The bytes of a file that another target made. Throws INGOT_OS_IMAGE_CHANGED at their end where they are others. */
export async function* readSource(
  from: SourceFile,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  const sha256 = createHash('sha256');
  for await (const part of readSpan({ path: from.path, offset: 0, size: from.size })) {
    sha256.update(part);
    onBytes?.(part.length);
    yield part;
  }
  if (`sha256:${sha256.digest('hex')}` !== from.digest) throw changedSource(from.path, from.digest);
}

/** Copies a file, hashing it: see `writeOutput`. */
export async function copyOutput(
  from: SourceFile,
  folder: string,
  path: string,
  options: Omit<WriteOptions, 'expected'> = {},
): Promise<WrittenFile> {
  const span = { path: from.path, offset: 0, size: from.size };
  return writeOutput(folder, path, readSpan(span), { ...options, expected: from });
}

async function writeWithHoles(file: FileHandle, part: Uint8Array, position: number): Promise<void> {
  for (let start = 0; start < part.length; start += holeSize) {
    const piece = part.subarray(start, start + holeSize);
    if (!zeros.subarray(0, piece.length).equals(piece)) await writeAt(file, piece, position + start);
  }
}

async function writeAt(file: FileHandle, part: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < part.length;) {
    done += (await file.write(part, done, part.length - done, position + done)).bytesWritten;
  }
}

/** The error of a file that has not the digest that its target said. */
export function changedSource(path: string, digest: string): ProjectError {
  return new ProjectError('INGOT_OS_IMAGE_CHANGED', `${path} is not what the target before made`, {
    path,
    digest,
    help: 'its bytes have another digest: run the target `rootfs` (for disks, `disk`) again with --skip-nx-cache',
  });
}
