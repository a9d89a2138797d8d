import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { namedProjects } from './named-projects.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-named-'));
  for (const [path, text] of Object.entries({
    'manifests/a.yaml': 'image: project:one # not project:none\n',
    'manifests/sub/b': '{"image":"project:two","x":[project:three]}',
    'manifests/dist/c.yaml': 'image: project:built\n',
    'dist/made/d.yaml': 'image: project:made\n',
    'quoted/a.yaml': '["a #b", "project:quoted", project:metric:rate5m, "project:*"]\n',
    'chart/values.yaml': "image: 'project:@scope/four#digest'\n",
    'other/d.yaml': 'image: project:other\n',
  })) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
});
afterEach(() => rm(folder, { recursive: true }));

it('are those that the files name, sorted, each once', () => {
  expect(namedProjects(folder, ['manifests', 'chart', 'manifests/a.yaml'])).toEqual([
    '@scope/four',
    'one',
    'three',
    'two',
  ]);
});

it('are all below the fixed part of a glob', () => {
  expect(namedProjects(folder, ['manifests/**/*.yaml'])).toEqual(['one', 'three', 'two']);
  expect(namedProjects(folder, ['none', 'manifests/a.yaml', 'dist/made'])).toEqual(['one']);
});

it('have names that no pattern is', () => {
  expect(namedProjects(folder, ['quoted'])).toEqual(['metric', 'quoted']);
});

it('are found without following links round and round', async () => {
  await symlink('..', join(folder, 'manifests/up'));
  expect(namedProjects(folder, ['manifests'])).toContain('one');
});
