import { gzipSync } from 'node:zlib';
import { digestOf, encodeJson, oci, tarStream } from '@ingot/content';
import type { Descriptor, Ingester, Platform } from '@ingot/content';

export const platforms: readonly Platform[] = ['amd64', 'arm64'].map((architecture) => ({ os: 'linux', architecture }));

/** An index of small images for both platforms, with a layer that they share and one of their own. */
export async function sampleIndex(store: Ingester): Promise<Descriptor> {
  const manifests: Descriptor[] = [];
  for (const platform of platforms) manifests.push({ ...(await sampleImage(store, platform)), platform });
  return keep(store, oci.index, { schemaVersion: 2, mediaType: oci.index, manifests });
}

export async function sampleImage(store: Ingester, platform: Platform): Promise<Descriptor> {
  const tars = [await tar('shared'), await tar(platform.architecture)];
  const layers = [];
  for (const one of tars) layers.push(await store.ingest(oci.layerGzip, once(gzipSync(one))));
  const config = await keep(store, oci.config, {
    ...platform,
    config: { Cmd: ['/shared'] },
    rootfs: { type: 'layers', diff_ids: tars.map(digestOf) },
  });
  return keep(store, oci.manifest, { schemaVersion: 2, mediaType: oci.manifest, config, layers });
}

/** A manifest whose layers are named by the media types and titles that are given. */
export async function sampleArtifact(
  store: Ingester,
  layers: readonly { readonly mediaType: string; readonly title?: string }[],
  config: unknown = {},
): Promise<Descriptor> {
  const kept = [];
  for (const { mediaType, title } of layers) {
    const layer = await store.ingest(mediaType, once(Buffer.from(`${mediaType} ${title}`)));
    kept.push(title === undefined ? layer : { ...layer, annotations: { 'org.opencontainers.image.title': title } });
  }
  const held = await keep(store, 'application/vnd.ironcore.image.config.v1+json', config);
  return keep(store, oci.manifest, { schemaVersion: 2, mediaType: oci.manifest, config: held, layers: kept });
}

export function keep(store: Ingester, mediaType: string, value: unknown): Promise<Descriptor> {
  return store.ingest(mediaType, once(encodeJson(value)));
}

async function tar(name: string): Promise<Buffer> {
  const content = Buffer.from(`${name}\n`.repeat(1000));
  const file = { path: name, mode: 0o644, uid: 0, gid: 0, type: 'file', size: content.length, content } as const;
  return Buffer.concat(await Array.fromAsync(tarStream([file], { mtime: 0 })));
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}
