import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readNxJson } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readOsImageFile } from '../../description/read.ts';
import type { MmdebstrapDescription } from '../../description/description.ts';
import { sourcesOf } from '../../rootfs/mmdebstrap/sources.ts';
import osImage from './generator.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ingot-generator-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const allFormats = 'metal-stack,onmetal,ironcore,gardenlinux,disk,ironic,container';

describe('the generator os-image', () => {
  it.each([
    ['mmdebstrap', ['README.md', 'install.sh', 'os-image.yaml', 'ssh-host-keys.conf']],
    ['dockerfile', ['Dockerfile', 'README.md', 'install.sh', 'os-image.yaml', 'ssh-host-keys.conf']],
    ['rootfs', ['README.md', 'install.sh', 'os-image.yaml']],
    ['command', ['README.md', 'build.sh', 'install.sh', 'os-image.yaml', 'ssh-host-keys.conf']],
  ])('writes an os-image.yaml that is in order, with %s', async (builder, files) => {
    const tree = createTreeWithEmptyWorkspace();
    await osImage(tree, { name: 'metal', builder, formats: allFormats, skipFormat: true });
    expect(readNxJson(tree)!.plugins).toEqual(['@ingot/oci/plugin', '@ingot/os-image/plugin']);
    expect(tree.children('metal').sort()).toEqual(files);
    writeFileSync(join(folder, 'os-image.yaml'), tree.read('metal/os-image.yaml')!);
    const description = await readOsImageFile(join(folder, 'os-image.yaml'));
    expect(description).toMatchObject({ name: 'metal', builder: { kind: builder }, formats: allFormats.split(',') });
    for (const { from } of description.files) expect(files).toContain(from);
  });

  it('makes metal-stack’s image by mmdebstrap unless it is told otherwise', async () => {
    const tree = createTreeWithEmptyWorkspace();
    await osImage(tree, { name: 'metal', directory: 'os/metal', skipFormat: true });
    const text = tree.read('os/metal/os-image.yaml', 'utf8')!;
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\.\/\.\.\/node_modules\/@ingot\/os-image\/schema\//);
    expect(text).toContain('formats: [metal-stack]\n');
    expect(text).toContain('mmdebstrap:');
  });

  it('takes packages from where Debian’s security fixes are', async () => {
    const tree = createTreeWithEmptyWorkspace();
    await osImage(tree, { name: 'metal', skipFormat: true });
    writeFileSync(join(folder, 'os-image.yaml'), tree.read('metal/os-image.yaml')!);
    const { builder } = await readOsImageFile(join(folder, 'os-image.yaml'));
    expect(sourcesOf(builder as MmdebstrapDescription)).toContainEqual(expect.stringContaining('bookworm-security'));
  });

  it('refuses what cannot work, and says why', async () => {
    const tree = createTreeWithEmptyWorkspace();
    tree.write('a/os-image.yaml', '');
    await expect(osImage(tree, { name: 'a' })).rejects.toThrow('INGOT_GENERATOR_DIRECTORY');
    await expect(osImage(tree, { name: 'a', directory: '../a' })).rejects.toThrow('INGOT_GENERATOR_DIRECTORY');
    await expect(osImage(tree, { name: 'A' })).rejects.toThrow('INGOT_GENERATOR_NAME');
    await expect(osImage(tree, { name: 'b', builder: 'mkosi' })).rejects.toThrow('INGOT_OPTION_VALUE');
    await expect(osImage(tree, { name: 'b', formats: 'disk,metalstack' })).rejects.toThrow(
      /did you mean "metal-stack"/,
    );
  });
});
