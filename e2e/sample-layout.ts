import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import type { Compression, Descriptor, Platform } from '@ingot/content';
import { assembleImage, createLayer, LayoutStore, parsePlatform, refName } from '@ingot/content';

import { referee } from '../tools/referee.ts';

export interface SampleOptions {
  readonly platform?: string;
  readonly compression?: Compression;
  /** The files of each layer, lowest first: name → content. */
  readonly layers?: readonly Readonly<Record<string, string | Uint8Array>>[];
  /** The reference in index.json. */
  readonly reference?: string;
}

export interface SampleImage {
  readonly manifest: Descriptor;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** Writes an OCI layout with a small image to `folder`. */
export async function sampleLayout(folder: string, options: SampleOptions = {}): Promise<SampleImage> {
  const { compression = 'gzip', reference = '1.0.0', layers = [{ hello: 'hello' }] } = options;
  const platform: Platform = parsePlatform(options.platform ?? 'linux/amd64');
  const layout = new LayoutStore(folder);
  const made = [];
  for (const files of layers) {
    const entries = Object.entries(files).map(([path, text]) => {
      const content = typeof text === 'string' ? Buffer.from(text) : text;
      return { type: 'file' as const, path, mode: 0o644, uid: 0, gid: 0, size: content.length, content };
    });
    made.push(await createLayer(entries, { compression, mtime: 0 }, layout));
  }
  const { descriptor, manifest } = await assembleImage({ layers: made, platform, created: 0 }, layout);
  await layout.setRoots([{ ...descriptor, annotations: { [refName]: reference } }]);
  return { manifest: descriptor, config: manifest.config, layers: manifest.layers };
}

/** The path of a blob in a layout. */
export function blobPath(folder: string, { digest }: Pick<Descriptor, 'digest'>): string {
  return join(folder, 'blobs', 'sha256', digest.slice('sha256:'.length));
}

/** Packs a layout as an OCI archive, as GNU tar does. */
export function archiveOf(folder: string, file: string): void {
  execFileSync(referee('tar'), ['--sort=name', '--mtime=@0', '-C', folder, '-cf', file, '.']);
}
