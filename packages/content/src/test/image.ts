import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '../digest.ts';
import { encodeJson } from '../manifest.ts';
import { docker, oci } from '../media-type.ts';
import { referee } from '../../../../tools/referee.ts';
import type { Descriptor, Platform } from '../descriptor.ts';
import type { Compression } from '../media-type.ts';
import type { Ingester } from '../store.ts';

export interface MadeImage {
  readonly root: Descriptor;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly diffIds: readonly string[];
}

export interface MadeOptions {
  /** One layer for each, lowest first. */
  readonly layers?: readonly Compression[];
  readonly platform?: Platform;
  /** Tells apart what is otherwise equal. */
  readonly salt?: string;
  readonly family?: 'oci' | 'docker';
  readonly layerType?: string;
  readonly diffIds?: readonly string[];
}

/** An image whose layers GNU tar, gzip and zstd have made, with `layer-<n>` in each. */
export async function makeImage(store: Ingester, options: MadeOptions = {}): Promise<MadeImage> {
  const { layers: wanted = ['gzip'], platform = { os: 'linux', architecture: 'amd64' }, family = 'oci' } = options;
  const types = family === 'oci' ? oci : docker;
  const tars = wanted.map((_, index) =>
    makeTar({ [`layer-${index}`]: `layer ${index} ${options.salt}\n`.repeat(9000) }),
  );
  const layers = [];
  for (const [index, tar] of tars.entries()) {
    const compression = wanted[index] ?? 'none';
    const type = { none: types.layer, gzip: types.layerGzip, zstd: types.layerZstd }[compression];
    layers.push(await keep(store, options.layerType ?? type, squeeze(tar, compression)));
  }
  const diffIds = options.diffIds ?? tars.map(digestOf);
  const config = await keep(
    store,
    types.config,
    encodeJson({ ...platform, config: { Cmd: ['/layer-0'] }, rootfs: { type: 'layers', diff_ids: diffIds } }),
  );
  const manifest = { schemaVersion: 2, mediaType: types.manifest, config, layers };
  return { root: await keep(store, types.manifest, encodeJson(manifest)), config, layers, diffIds };
}

/** An index of images for these platforms, each with one gzip layer. */
export async function makeIndex(store: Ingester, platforms: readonly Platform[]): Promise<Descriptor> {
  const manifests = [];
  for (const platform of platforms) {
    const { root } = await makeImage(store, { platform, salt: JSON.stringify(platform) });
    manifests.push({ ...root, platform });
  }
  return keep(store, oci.index, encodeJson({ schemaVersion: 2, mediaType: oci.index, manifests }));
}

export function keep(store: Ingester, mediaType: string, bytes: Uint8Array): Promise<Descriptor> {
  return store.ingest(mediaType, contentOf(bytes));
}

export async function* contentOf(...parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void, undefined> {
  yield* parts;
}

export async function collect(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts = [];
  for await (const part of content) parts.push(part);
  return Buffer.concat(parts);
}

export function makeTar(files: Readonly<Record<string, string>>): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'ingot-tar-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const plain = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--mode=0644'];
    return execFileSync(referee('tar'), [...plain, '-C', folder, '-cf', '-', ...Object.keys(files)]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function squeeze(bytes: Uint8Array, compression: Compression): Buffer {
  if (compression === 'none') return Buffer.from(bytes);
  const [program, flags]: [typeof compression, string[]] = [compression, compression === 'gzip' ? ['-nc'] : ['-qc']];
  return execFileSync(referee(program), flags, { input: bytes, maxBuffer: 1 << 28 });
}

/** Runs skopeo and gives what it prints. */
export function skopeo(...args: readonly string[]): string {
  return execFileSync(referee('skopeo'), ['--insecure-policy', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
