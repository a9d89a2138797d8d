import type { ArtifactResult } from '@ingot/workspace';
import { describe, expect, it } from 'vitest';
import { ironicLines, ironicSettings } from './ironic-lines.ts';

const digest = (n: number) => `sha256:${String(n).repeat(64)}`;
const blob = { mediaType: 'application/octet-stream', digest: digest(0), size: 1 };

function result(parts: Partial<ArtifactResult>): ArtifactResult {
  return { ingot: 'artifact-result/v1', name: 'disks', version: '1.0.0', roots: [], files: [], ...parts };
}

const disks = [
  { ...blob, role: 'disk', title: 'a.qcow2', manifest: digest(1), disktype: 'qcow2', platform: 'linux/amd64' },
  { ...blob, role: 'disk', title: 'b.raw', manifest: digest(2), disktype: 'raw', platform: 'linux/arm64' },
] as const;
const kernel = { ...blob, role: 'kernel', title: 'vmlinuz', manifest: digest(3) } as const;
const ramdisk = { ...blob, role: 'ramdisk', title: 'initramfs', manifest: digest(4) } as const;
const place = { repository: 'registry.example:5000/metal/disks', tag: '1.0.0' };

describe('ironicSettings', () => {
  it('names the disks by tag, each disk and what boots it by digest, the secret by name', () => {
    const files = [...disks, kernel, ramdisk];
    const settings = ironicSettings(result({ files, imagePullSecret: 'pull' }), place)!;
    expect(settings).toEqual({
      image_source: 'oci://registry.example:5000/metal/disks:1.0.0',
      deploy_kernel: `oci://registry.example:5000/metal/disks@${digest(3)}`,
      deploy_ramdisk: `oci://registry.example:5000/metal/disks@${digest(4)}`,
      image_pull_secret: 'pull',
      disks: [
        {
          title: 'a.qcow2',
          disktype: 'qcow2',
          platform: 'linux/amd64',
          image_source: `oci://registry.example:5000/metal/disks@${digest(1)}`,
        },
        {
          title: 'b.raw',
          disktype: 'raw',
          platform: 'linux/arm64',
          image_source: `oci://registry.example:5000/metal/disks@${digest(2)}`,
        },
      ],
    });
    expect(ironicLines(settings)).toBe(`image_source=oci://registry.example:5000/metal/disks:1.0.0
deploy_kernel=oci://registry.example:5000/metal/disks@${digest(3)}
deploy_ramdisk=oci://registry.example:5000/metal/disks@${digest(4)}
image_pull_secret=pull
# a.qcow2 (qcow2, linux/amd64): image_source=oci://registry.example:5000/metal/disks@${digest(1)}
# b.raw (raw, linux/arm64): image_source=oci://registry.example:5000/metal/disks@${digest(2)}`);
  });

  it('has no line for what is not there', () => {
    expect(ironicLines(ironicSettings(result({ files: [ramdisk] }), place)!)).toBe(
      `deploy_ramdisk=oci://registry.example:5000/metal/disks@${digest(4)}`,
    );
    expect(Object.keys(ironicSettings(result({ files: disks }), place)!)).toEqual(['image_source', 'disks']);
  });

  it('is nothing for an artifact that is not for Ironic', () => {
    expect(ironicSettings(result({ files: [{ ...blob, role: 'file', title: 'x', manifest: digest(5) }] }), place)).toBe(
      undefined,
    );
  });
});
