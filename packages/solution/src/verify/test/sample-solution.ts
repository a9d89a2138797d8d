import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { digestOf, docker } from '@ingot/content';
import { inMemory, isoBytes, openIso, planIso } from '@ingot/iso9660';
import type { IsoImage, IsoInput } from '@ingot/iso9660';
import { directoryVersion, imageFile, manifestYaml, registryConfig } from '../../format/index.ts';

/** A file of a sample: its text or bytes, and a mode where it is not 0444. */
export interface SampleFile {
  content: string | Uint8Array;
  mode?: number;
}

/** A Solution that keeps every rule, before it is an ISO: break something, then make the ISO. */
export interface Sample {
  readonly files: Map<string, SampleFile>;
  readonly links: Map<string, string>;
  volumeId: string;
}

export interface SampleImage {
  readonly name: string;
  readonly tag: string;
  /** The content of each layer; equal ones are one blob. */
  readonly layers: readonly string[];
}

export const sampleImages: readonly SampleImage[] = [
  { name: 'sample-operator', tag: '1.0.0', layers: ['base', 'operator'] },
  { name: 'server', tag: '2.1', layers: ['base', 'server'] },
];

export const sampleCrd = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: samples.example.com }
spec: { group: example.com, names: { kind: Sample, plural: samples } }
`;

export const sampleRole = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: sample-operator }
rules: []
`;

export const manifestFacts = {
  name: 'sample',
  version: '1.0.0',
  displayName: 'Sample',
  images: sampleImages,
  operator: { name: 'sample-operator', tag: '1.0.0' },
  labels: { app: 'sample' },
};

export function sampleSolution(): Sample {
  const sample: Sample = { files: new Map(), links: new Map(), volumeId: 'sample 1.0.0' };
  for (const image of sampleImages) addImage(sample, image);
  put(sample, 'manifest.yaml', manifestYaml(manifestFacts));
  put(sample, 'operator/deploy/crds/sample_crd.yaml', sampleCrd);
  put(sample, 'operator/deploy/role.yaml', sampleRole);
  put(sample, 'docs/readme.txt', 'read me');
  serve(sample);
  return sample;
}

/** Writes the registry configuration for the images that are in the sample now. */
export function serve(sample: Sample): void {
  const images = [...sample.files].flatMap(([path, { content }]) => {
    const [, name, tag] = /^images\/([^/]+)\/([^/]+)\/manifest\.json$/.exec(path) ?? [];
    return name === undefined || tag === undefined ? [] : [{ name, tag, digest: digestOf(Buffer.from(content)) }];
  });
  put(sample, 'registry-config.inc.j2', registryConfig(images));
}

/** What an image's files are made of, to be changed before they are written. */
export interface ImageParts {
  config: Record<string, unknown>;
  manifest: { config: Record<string, unknown>; layers: Record<string, unknown>[] } & Record<string, unknown>;
  blobs: Map<string, Uint8Array>;
}

/** Puts an image into the sample; `change` may break it (then call `serve`). Answers with its parts. */
export function addImage(
  sample: Sample,
  image: SampleImage,
  change: (parts: ImageParts) => void = () => {},
): ImageParts {
  const layers = image.layers.map((text) => gzipSync(text));
  const config = {
    os: 'linux',
    architecture: 'amd64',
    rootfs: { type: 'layers', diff_ids: image.layers.map((text) => digestOf(Buffer.from(text))) },
  };
  const blobs = new Map(layers.map((bytes) => [digestOf(bytes), bytes as Uint8Array]));
  const manifest = {
    schemaVersion: 2,
    mediaType: docker.manifest,
    config: {},
    layers: layers.map((bytes) => ({ mediaType: docker.layerGzip, size: bytes.length, digest: digestOf(bytes) })),
  };
  const parts: ImageParts = { config, manifest, blobs };
  const configBytes = Buffer.from(JSON.stringify(parts.config));
  parts.manifest.config = { mediaType: docker.config, size: configBytes.length, digest: digestOf(configBytes) };
  parts.blobs.set(digestOf(configBytes), configBytes);
  change(parts);
  put(sample, imageFile(image, 'manifest.json'), JSON.stringify(parts.manifest));
  put(sample, imageFile(image, 'version'), directoryVersion);
  for (const [digest, bytes] of parts.blobs) put(sample, imageFile(image, digest), bytes);
  return parts;
}

/** Another config than addImage made, so that the image stays sound but for what the config says. */
export function withConfig(parts: ImageParts, config: Record<string, unknown>): void {
  parts.blobs.delete(parts.manifest.config['digest'] as string);
  const bytes = Buffer.from(JSON.stringify(config));
  parts.blobs.set(digestOf(bytes), bytes);
  parts.manifest.config = { mediaType: docker.config, size: bytes.length, digest: digestOf(bytes) };
}

export function put(sample: Sample, path: string, content: string | Uint8Array, mode?: number): void {
  sample.files.set(path, { content, ...(mode === undefined ? {} : { mode }) });
}

export function edit(sample: Sample, path: string, change: (text: string) => string): void {
  const before = Buffer.from(sample.files.get(path)?.content ?? '').toString('utf8');
  const after = change(before);
  if (after === before) throw new Error(`nothing was changed in ${path}`);
  put(sample, path, after);
}

/** The sample as the inputs of an ISO; equal contents share an extent, unless `shared` is false. */
export function inputs(sample: Sample, shared = true): IsoInput[] {
  const files = [...sample.files].map(([path, { content, mode }]): IsoInput => {
    const bytes = Buffer.from(content);
    const key = shared ? { key: createHash('sha256').update(bytes).digest('hex') } : {};
    return {
      path,
      type: 'file',
      size: bytes.length,
      content: { bytes },
      ...key,
      ...(mode === undefined ? {} : { mode }),
    };
  });
  return [...files, ...[...sample.links].map(([path, target]): IsoInput => ({ path, type: 'symlink', target }))];
}

export async function isoOf(sample: Sample, shared = true): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of isoBytes(planIso(inputs(sample, shared), { volumeId: sample.volumeId, time: 0 })))
    parts.push(part);
  return Buffer.concat(parts);
}

export async function openSample(sample: Sample, shared = true): Promise<IsoImage> {
  return openIso(inMemory(await isoOf(sample, shared)));
}
