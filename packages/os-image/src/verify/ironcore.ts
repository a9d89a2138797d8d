import { join } from 'node:path';
import { LayoutStore, oci, parseIndex, type Descriptor } from '@ingot/content';
import type { FormatResult } from '../format/format.ts';
import { ironcore, legacy } from '../format/ironcore/media-types.ts';
import { attempt, blobsOf, checkConfig, readImage, type Blobs } from './blobs.ts';
import { Findings, type Finding } from './finding.ts';

const layerTypes: ReadonlySet<string> = new Set(
  [...Object.values(ironcore), ...Object.values(legacy)].filter((type) => !/\.config\./.test(type)),
);
const variants: readonly unknown[] = ['metal', 'virtualization'];

/**
 * The rules of ironcore-image (image.go, OCI-SPEC.md) and of who takes its images: boot-operator (metal machines),
 * libvirt-provider and ceph-provider (virtual ones).
 */
export async function verifyIroncore(
  result: FormatResult,
  folder: string,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const findings = new Findings('ironcore');
  const root = result.roots.find(({ suffix }) => suffix === '');
  const blobs = blobsOf(new LayoutStore(join(folder, root?.layout ?? '.')), signal);
  const entries = await attempt(findings, 'index', 'the index', signal, async () => {
    if (root?.mediaType !== oci.index) throw new Error('there is none at the top');
    return parseIndex(await blobs.read(root), root).manifests;
  });
  const seen = new Set<string>();
  for (const entry of entries ?? []) await checkEntry(entry, seen, blobs, findings, signal);
  for (const { digest, suffix } of result.roots) {
    if (suffix === '' || entries?.some((entry) => entry.digest === digest)) continue;
    findings.error('root', `${digest}, which gets the tags that end in ${suffix}, is not in the index`);
  }
  return findings.all;
}

async function checkEntry(
  entry: Descriptor,
  seen: Set<string>,
  blobs: Blobs,
  findings: Findings,
  signal: AbortSignal,
): Promise<void> {
  const { platform, digest } = entry;
  if (platform === undefined || platform.os !== 'linux' || !['amd64', 'arm64'].includes(platform.architecture)) {
    const help = 'clients choose by platform.architecture and os: linux';
    findings.error('platform', `the entry ${digest} is for ${JSON.stringify(platform)}`, help);
  }
  const image = await readImage(entry, blobs, findings, signal);
  if (image === undefined) return;
  const { variant, architecture } = image.manifest.annotations ?? {};
  if (!variants.includes(variant)) findings.error('variant', `${digest} is of the variant ${JSON.stringify(variant)}`);
  if (architecture !== platform?.architecture) {
    findings.error(
      'architecture',
      `${digest} is said to be for ${architecture}, its entry for ${platform?.architecture}`,
    );
  }
  const key = `${platform?.architecture} ${variant}`;
  if (seen.has(key)) findings.error('duplicate', `there are two manifests for ${key}`, 'clients take the first');
  seen.add(key);
  checkConfig(image, [ironcore.config, legacy.config], findings);
  checkLayers(image.manifest.layers, variant, findings);
}

function checkLayers(layers: readonly Descriptor[], variant: string | undefined, findings: Findings): void {
  for (const { mediaType } of layers) {
    if (!layerTypes.has(mediaType)) {
      findings.error('layer-type', `unknown layer type ${mediaType}`, 'ironcore-image refuses the whole image');
    }
  }
  const has = (name: keyof typeof ironcore) =>
    layers.some(
      ({ mediaType }) => mediaType === ironcore[name] || mediaType === (legacy as Record<string, string>)[name],
    );
  const boots = (has('kernel') && has('initramfs')) || has('uki') || has('iso');
  const hasRoot = has('rootfs') || has('squashfs') || has('uki') || has('iso');
  if (!hasRoot) findings.error('incomplete', 'there is no root file system: rootfs or squashfs');
  if (!boots && !has('rootfs'))
    findings.error('incomplete', 'there is nothing to boot: kernel and initramfs, or uki, or iso');
  if (has('kernel') !== has('initramfs')) findings.error('incomplete', 'kernel and initramfs go together');
  if (variant === 'virtualization' && !has('rootfs')) {
    findings.error('incomplete', 'there is no rootfs, which becomes the disk of virtual machines');
  }
  if (variant === 'metal' && !has('squashfs') && !has('uki')) {
    const help = 'such a machine starts it from its disk, or by kernel and initramfs with the disk as it is';
    findings.warning('network-boot', 'boot-operator boots metal machines by squashfs or uki: there is neither', help);
  }
}
