import { gzipSync } from 'node:zlib';
import { digestOf, encodeJson, MemoryStore, oci, type Descriptor } from '@ingot/content';

export interface SampleImage {
  readonly store: MemoryStore;
  readonly root: Descriptor;
}

export interface SampleImageOptions {
  readonly store?: MemoryStore;
  readonly labels?: Readonly<Record<string, string>>;
  /** Of every layer. */
  readonly layerType?: string;
  readonly configType?: string;
  readonly architecture?: string;
}

/** An image of these tars, each compressed with gzip unless it is already. */
export function imageOf(tars: readonly Uint8Array[], options: SampleImageOptions = {}): SampleImage {
  const { store = new MemoryStore(), labels, layerType = oci.layerGzip, architecture = 'amd64' } = options;
  const layers = tars.map((tar) => store.add(layerType, layerType === oci.layerGzip ? gzipSync(tar) : tar));
  const rootfs = { type: 'layers', diff_ids: tars.map((tar) => digestOf(tar)) };
  const settings = { os: 'linux', architecture, config: { ...(labels && { Labels: labels }) }, rootfs };
  const config = store.add(options.configType ?? oci.config, encodeJson(settings));
  const manifest = { schemaVersion: 2, mediaType: oci.manifest, config, layers };
  return { store, root: store.add(oci.manifest, encodeJson(manifest)) };
}
