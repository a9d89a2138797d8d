import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { treeOfFolder } from './from-folder.ts';
import { largestFile } from './tree.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-bundle-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('has files, folders, links and what is neither, with their modes', async () => {
  await mkdir(join(folder, 'manifests'));
  await writeFile(join(folder, 'manifests/a.yaml'), 'a');
  await chmod(join(folder, 'manifests/a.yaml'), 0o640);
  await chmod(join(folder, 'manifests'), 0o750);
  await symlink('/etc', join(folder, 'link'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  const { entries, labels, mediaTypes } = await treeOfFolder(folder);
  expect([labels, mediaTypes]).toEqual([undefined, undefined]);
  expect([...entries.values()].map(({ path, type }) => `${type} ${path}`)).toEqual([
    'symlink link',
    'directory manifests',
    'file manifests/a.yaml',
    'other pipe',
  ]);
  expect(entries.get('manifests')?.mode).toBe(0o750);
  expect(entries.get('manifests/a.yaml')).toMatchObject({ mode: 0o640, size: 1, content: new Uint8Array([97]) });
  expect(entries.get('link')).toMatchObject({ target: '/etc' });
});

it('does not read what is too large to be a manifest', async () => {
  await writeFile(join(folder, 'large'), '');
  await truncate(join(folder, 'large'), largestFile + 1);
  const { entries } = await treeOfFolder(folder);
  expect(entries.get('large')).toMatchObject({ size: largestFile + 1, content: undefined });
});

it('is a folder that is there, and within its limits', async () => {
  await expect(treeOfFolder(join(folder, 'none'))).rejects.toMatchObject({ code: 'INGOT_BUNDLE_FOLDER' });
  await writeFile(join(folder, 'file'), '');
  await expect(treeOfFolder(join(folder, 'file'))).rejects.toMatchObject({ code: 'INGOT_BUNDLE_FOLDER' });
  await mkdir(join(folder, 'many'));
  for (const name of 'abc') await writeFile(join(folder, 'many', name), '12');
  expect((await treeOfFolder(join(folder, 'many'), { bytes: 6, entries: 3 })).entries.size).toBe(3);
  const limit = { code: 'INGOT_BUNDLE_LIMIT' };
  await expect(treeOfFolder(join(folder, 'many'), { bytes: 6, entries: 2 })).rejects.toMatchObject(limit);
  await expect(treeOfFolder(join(folder, 'many'), { bytes: 5, entries: 3 })).rejects.toMatchObject(limit);
});
