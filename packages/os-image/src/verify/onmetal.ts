import { join } from 'node:path';
import { LayoutStore, parseIndex, oci, refName, digestOf, type Descriptor } from '@ingot/content';
import { readFile, readdir, stat } from 'node:fs/promises';
import type { FormatResult } from '../format/format.ts';
import { onmetal } from '../format/onmetal/store.ts';
import { attempt, blobsOf, checkConfig, readImage, type Blobs } from './blobs.ts';
import { Findings, some, type Finding } from './finding.ts';

/** The rules of onmetal-image (image.go, oci/) on a local store. */
export async function verifyOnmetal(
  result: FormatResult,
  folder: string,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const findings = new Findings('onmetal');
  const store = join(folder, result.roots[0]?.layout ?? '.');
  const index = await attempt(findings, 'index', 'index.json', signal, () => readFile(join(store, 'index.json')));
  if (index !== undefined) checkIndex(index, result.roots, findings);
  const layout = await attempt(findings, 'layout', 'oci-layout', signal, () => readFile(join(store, 'oci-layout')));
  if (layout !== undefined) checkLayout(layout.toString('utf8'), findings);
  await checkModes(store, findings);
  const blobs = blobsOf(new LayoutStore(store), signal);
  for (const root of result.roots) await checkOnmetalImage(root, blobs, findings, signal);
  return findings.all;
}

/** ResolveImage: each layer of a type that it knows, and all three of them there. */
export async function checkOnmetalImage(
  root: Descriptor,
  blobs: Blobs,
  findings: Findings,
  signal: AbortSignal,
): Promise<readonly Descriptor[]> {
  const image = await readImage(root, blobs, findings, signal);
  if (image === undefined) return [];
  checkConfig(image, [onmetal.config], findings);
  const known = { rootfs: onmetal.rootfs, kernel: onmetal.kernel, initramfs: onmetal.initramfs };
  const { layers } = image.manifest;
  for (const { mediaType } of layers) {
    if (!Object.values<string>(known).includes(mediaType)) {
      findings.error('layer-type', `unknown layer type ${mediaType}`, 'onmetal-image refuses the whole image');
    }
  }
  const missing = Object.entries(known).filter(([, type]) => !layers.some(({ mediaType }) => mediaType === type));
  if (missing.length > 0) findings.error('incomplete', `there is no ${missing.map(([name]) => name).join(', no ')}`);
  return layers;
}

export function checkLayout(text: string, findings: Findings): void {
  if (text !== '{"imageLayoutVersion":"1.0.0"}') findings.error('layout', `oci-layout is ${text.slice(0, 100)}`);
}

/** Each image is there by its digest, and no name is one that nobody can resolve. */
export function checkIndex(bytes: Uint8Array, roots: readonly Descriptor[], findings: Findings): void {
  let manifests: readonly Descriptor[];
  try {
    ({ manifests } = parseIndex(bytes, { mediaType: oci.index, digest: digestOf(bytes), size: bytes.length }));
  } catch (error) {
    return findings.error('index', `index.json: ${(error as Error).message}`);
  }
  for (const { digest } of roots) {
    const is = (each: Descriptor) => each.digest === digest && each.annotations?.[refName] === undefined;
    if (!manifests.some(is)) findings.error('index', `index.json does not name ${digest} by itself`);
  }
  for (const { annotations } of manifests) {
    const name = annotations?.[refName];
    if (name !== undefined && !isFull(name)) {
      const help = 'it shows as <none> in `onmetal-image list`, and cannot be pushed: write host/path:tag';
      findings.error('tag', `${JSON.stringify(name)} is no full reference`, help);
    }
  }
}

/** `host/path:tag`; a host has a dot or a port, or is localhost (distribution/reference). */
function isFull(name: string): boolean {
  const [host, ...path] = name.split('/');
  return (
    path.length > 0 &&
    /[.:]|^localhost$/.test(host!) &&
    /^[^:@]+:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(path.join('/'))
  );
}

/** containerd's content store makes blobs 0444, and needs its folder `ingest` to take in others. */
async function checkModes(store: string, findings: Findings): Promise<void> {
  const blobs = join(store, 'blobs/sha256');
  const names = await readdir(blobs).catch(() => []);
  const modes = await Promise.all(names.map(async (name) => ((await stat(join(blobs, name))).mode & 0o777) === 0o444));
  const wrong = names.filter((_, i) => !modes[i]);
  if (wrong.length > 0) findings.warning('mode', `blobs whose mode is not 0444: ${some(wrong, 2)}`);
  const ingest = await stat(join(store, 'ingest')).catch(() => undefined);
  if (ingest?.isDirectory() !== true)
    findings.warning('ingest', 'there is no folder ingest', 'it makes one where it may');
}
