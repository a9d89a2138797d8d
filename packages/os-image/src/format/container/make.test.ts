import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { LayoutStore, validate } from '@ingot/content';
import type { ImageResult } from '@ingot/workspace';
import { describe, expect, it } from 'vitest';
import { referee } from '../../../../../tools/referee.ts';
import { skopeo } from '../../../../../tools/registry/skopeo.ts';
import { testFolder } from '../../../../../tools/registry/temporary-folder.ts';
import { contentsOf } from '../test/folder-digest.ts';
import { file, rootEntries, testInput, version, type TestImage } from '../test/input.ts';
import { makeContainer } from './make.ts';

const at = testFolder();

async function make(image: TestImage = {}) {
  const input = await testInput(at(), image);
  const made = await makeContainer(input);
  return { ...made, image: made.facts!['image'] as ImageResult, folder: input.folder, notes: input.notes };
}

describe('the root file system as a container image', () => {
  it('is what umoci unpacks, with modes and links; without devices', async () => {
    const console = {
      type: 'character',
      path: 'dev/console',
      mode: 0o600,
      uid: 0,
      gid: 0,
      major: 5,
      minor: 1,
    } as const;
    const { folder, notes } = await make({
      entries: [...rootEntries, console, file('usr/bin/sudo', 'x', { mode: 0o4755 })],
    });
    expect(notes).toEqual(['a device is left out of amd64 (dev/console): a container has its own']);
    execFileSync(referee('umoci'), ['unpack', '--rootless', '--image', `${folder}:${version}`, at('bundle')]);
    expect(readFileSync(at('bundle/rootfs/sbin/init'), 'utf8')).toBe('init');
    expect(statSync(at('bundle/rootfs/install.sh')).mode & 0o777).toBe(0o755);
    const { layers } = JSON.parse(await skopeo(['inspect', '--raw', `oci:${folder}:${version}`])) as {
      layers: { digest: string }[];
    };
    const listed = execFileSync(referee('tar'), ['-tzvf', `${folder}/blobs/sha256/${layers[0]!.digest.slice(7)}`]);
    expect(listed.toString()).not.toContain('console');
    expect(listed.toString()).toMatch(/-rwsr-xr-x 0\/0 .* usr\/bin\/sudo/);
  });

  it('starts a shell: bash where there is one', async () => {
    const command = async (image: TestImage) => {
      const { folder } = await make(image);
      const { config } = JSON.parse(await skopeo(['inspect', '--config', `oci:${folder}:${version}`])) as {
        config: { Cmd?: string[] };
      };
      return config.Cmd;
    };
    expect(await command({ output: 'a' })).toEqual(['/bin/sh']);
    expect(await command({ output: 'b', entries: [...rootEntries, file('usr/bin/bash')] })).toEqual(['/bin/bash']);
    expect(await command({ output: 'c', entries: [file('etc/passwd')] })).toBeUndefined();
  });

  it('tells image.json what dependents want to know', async () => {
    const { image, roots } = await make();
    const { mediaType, digest, size } = roots[0]!;
    expect(image).toEqual({
      ingot: 'image-result/v1',
      name: 'demo',
      version,
      mediaType,
      digest,
      size,
      platforms: [{ platform: 'linux/amd64', digest, size: expect.any(Number) }],
      inherited: [],
    });
  });

  it('is an index for several architectures, and sound', async () => {
    const { folder, roots, image } = await make({ architectures: ['amd64', 'arm64'] });
    expect(image.platforms.map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/arm64']);
    const findings = [];
    for await (const finding of validate(new LayoutStore(folder), roots[0]!)) findings.push(finding);
    expect(findings).toEqual([]);
  });

  it('is the same in another folder, with another umask', async () => {
    const first = await make();
    const before = contentsOf(first.folder);
    rmSync(first.folder, { recursive: true });
    const umask = process.umask(0o077);
    try {
      expect(contentsOf((await make({ output: 'elsewhere' })).folder)).toEqual(before);
    } finally {
      process.umask(umask);
    }
  });
});
