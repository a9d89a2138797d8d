import { readFile, mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readNxJson, updateNxJson } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { describe, expect, it } from 'vitest';
import { readImageFile } from '../../image/description.ts';
import init from '../init/generator.ts';
import image from './generator.ts';

describe('the generator image', () => {
  it('writes an image.yaml that is in order, and registers the plugin once', async () => {
    const tree = createTreeWithEmptyWorkspace();
    await image(tree, { name: 'site', directory: 'apps/site', skipFormat: true });
    await image(tree, { name: 'other', skipFormat: true });
    expect(readNxJson(tree)!.plugins).toEqual(['@ingot/oci/plugin']);
    const text = tree.read('apps/site/image.yaml', 'utf8')!;
    expect(text.split('\n')[0]).toBe(
      '# yaml-language-server: $schema=../../node_modules/@ingot/oci/schema/image.schema.json',
    );
    expect(tree.read('other/image.yaml', 'utf8')).toContain('$schema=../node_modules/');

    const folder = await mkdtemp(join(tmpdir(), 'ingot-generator-'));
    for (const file of ['image.yaml', 'www/index.html']) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), tree.read(`apps/site/${file}`)!);
    }
    expect(await readImageFile(join(folder, 'image.yaml'))).toMatchObject({ name: 'site', version: '0.1.0' });
    expect(await readFile(join(folder, 'www/index.html'), 'utf8')).toContain('<h1>site</h1>');
    await rm(folder, { recursive: true });
  });
  it('refuses what cannot work, and says why', async () => {
    const tree = createTreeWithEmptyWorkspace();
    tree.write('a/image.yaml', '');
    await expect(image(tree, { name: 'a' })).rejects.toThrow(
      /INGOT_GENERATOR_DIRECTORY {2}a has an image.yaml already\n {2}help:/,
    );
    await expect(image(tree, { name: 'Site' })).rejects.toThrow('INGOT_GENERATOR_NAME');
    await expect(image(tree, { name: 'a', directory: '../a' })).rejects.toThrow('INGOT_GENERATOR_DIRECTORY');
  });
});

describe('the generator init', () => {
  it('leaves a plugin alone that has options', async () => {
    const tree = createTreeWithEmptyWorkspace();
    const plugins = [{ plugin: '@ingot/oci/plugin', options: { imageTarget: 'oci' } }];
    updateNxJson(tree, { plugins });
    await init(tree, { skipFormat: true });
    expect(readNxJson(tree)!.plugins).toEqual(plugins);
  });
});
