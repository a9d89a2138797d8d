import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { planIso, writeIso } from '@ingot/iso9660';
import type { IsoInput } from '@ingot/iso9660';
import { directoryVersion, imageFile, manifestYaml, registryConfig } from '@ingot/solution';

/** Writes a small Solution into `folder` that keeps every rule but those about what stands beside it. */
export async function sampleIso(folder: string, extra: readonly IsoInput[] = []): Promise<string> {
  const image = { name: 'sample-operator', tag: '1.0.0' };
  const layer = gzipSync('layer');
  const config = json({
    os: 'linux',
    architecture: 'amd64',
    rootfs: { type: 'layers', diff_ids: [digest(Buffer.from('layer'))] },
  });
  const manifest = json({
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: {
      mediaType: 'application/vnd.docker.container.image.v1+json',
      size: config.length,
      digest: digest(config),
    },
    layers: [
      { mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip', size: layer.length, digest: digest(layer) },
    ],
  });
  const files = {
    'manifest.yaml': manifestYaml({ name: 'sample', version: '1.0.0', images: [image], operator: image }),
    'registry-config.inc.j2': registryConfig([{ ...image, digest: digest(manifest) }]),
    'operator/deploy/role.yaml': '',
    [imageFile(image, 'manifest.json')]: manifest,
    [imageFile(image, 'version')]: directoryVersion,
    [imageFile(image, digest(config))]: config,
    [imageFile(image, digest(layer))]: layer,
  };
  const inputs = Object.entries(files).map(([path, content]) => file(path, content));
  const iso = join(folder, 'sample-1.0.0.iso');
  await writeIso(planIso([...inputs, ...extra], { volumeId: 'sample 1.0.0', time: 0 }), iso);
  return iso;
}

export function file(path: string, content: string | Uint8Array): IsoInput {
  const bytes = Buffer.from(content);
  return { path, type: 'file', size: bytes.length, content: { bytes } };
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function digest(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
