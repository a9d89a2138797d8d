import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

const mib = 2 ** 20;

/** Sizes in MiB of what the images share, and of what each has for itself. */
export type Sizes = { base: readonly number[]; own: number };

/** A real service: a distribution and a runtime below, the program on top. */
export const sizes: Sizes = { base: [60, 120, 20], own: 20 };

export const imageNames = ['server', 'worker', 'ui', 'gateway', 'operator'];

/**
 * Writes complete OCI layouts, one for each image, as another tool would: layers are gzip members whose bytes do not
 * compress further, as those of executables hardly do. Returns the layouts' folders.
 */
export async function writeLayouts(folder: string): Promise<string[]> {
  const base = sizes.base.map((size, index) => layer(size * mib, index + 1));
  const layouts = imageNames.map((name, index) => ({ name, layers: [...base, layer(sizes.own * mib, 100 + index)] }));
  const folders: string[] = [];
  for (const { name, layers } of layouts) folders.push(await writeLayout(join(folder, name), layers));
  return folders;
}

type Layer = { bytes: Uint8Array; diffId: string };

async function writeLayout(folder: string, layers: readonly Layer[]): Promise<string> {
  const blobs = join(folder, 'blobs/sha256');
  await mkdir(blobs, { recursive: true });
  const put = async (mediaType: string, bytes: Uint8Array) => {
    await writeFile(join(blobs, sha256(bytes)), bytes);
    return { mediaType, digest: `sha256:${sha256(bytes)}`, size: bytes.length };
  };
  const config = await put(
    'application/vnd.oci.image.config.v1+json',
    json({
      architecture: 'amd64',
      os: 'linux',
      config: {},
      rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    }),
  );
  const descriptors = [];
  for (const { bytes } of layers) descriptors.push(await put('application/vnd.oci.image.layer.v1.tar+gzip', bytes));
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = await put(mediaType, json({ schemaVersion: 2, mediaType, config, layers: descriptors }));
  await writeFile(join(folder, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }));
  await writeFile(join(folder, 'index.json'), json({ schemaVersion: 2, manifests: [manifest] }));
  return folder;
}

/** A tar with one file of bytes that look random and are the same in every run, in stored gzip blocks. */
function layer(size: number, seed: number): Layer {
  const tar = Buffer.alloc(512 + size + 1024);
  tarHeader(seed, size).copy(tar);
  fill(tar.subarray(512, 512 + size), seed);
  return { bytes: storedGzip(tar), diffId: `sha256:${sha256(tar)}` };
}

function tarHeader(seed: number, size: number): Buffer {
  const header = Buffer.alloc(512);
  header.write(`usr/lib/part-${seed}`, 0);
  header.write('0000644\x000000000\x000000000\x00', 100);
  header.write(`${size.toString(8).padStart(11, '0')}\x0000000000000\x00`, 124);
  header.write('        0', 148);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\x00 `, 148);
  return header;
}

/** xorshift32: fast, and enough not to compress. */
function fill(bytes: Buffer, seed: number): void {
  let state = seed * 2654435761;
  for (let offset = 0; offset < bytes.length; offset += 4) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes.writeInt32LE(state | 0, offset);
  }
}

/** A gzip member (RFC 1952) of stored blocks (RFC 1951 §3.2.4). */
function storedGzip(data: Buffer): Uint8Array {
  const parts: Uint8Array[] = [Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])];
  for (let start = 0; start < data.length; start += 0xffff) {
    const block = data.subarray(start, start + 0xffff);
    const head = Buffer.alloc(5);
    head.writeUInt8(start + 0xffff >= data.length ? 1 : 0, 0);
    head.writeUInt16LE(block.length, 1);
    head.writeUInt16LE(~block.length & 0xffff, 3);
    parts.push(head, block);
  }
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(crc32(data), 0);
  tail.writeUInt32LE(data.length, 4);
  return Buffer.concat([...parts, tail]);
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const json = (value: unknown) => Buffer.from(JSON.stringify(value));

/** A layout with one layer of 64 KiB, which no other has. */
export async function writeSmallLayout(folder: string, seed: number): Promise<void> {
  await writeLayout(folder, [layer(65_536, 1000 + seed)]);
}
