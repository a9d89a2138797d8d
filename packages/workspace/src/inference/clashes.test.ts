import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatError } from '../report/format-error.ts';
import { clashes } from './clashes.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ingot-clash-'));
  await mkdir(join(root, 'a'));
});
afterEach(() => rm(root, { recursive: true }));

const targets = new Map([
  ['image', '@ingot/oci:image'],
  ['export', '@ingot/oci:export'],
]);

function found(plugins?: unknown[]): string[] {
  return clashes({ workspaceRoot: root, plugins, file: 'a/image.yaml', targets }).map(
    (error) => formatError(error, { cwd: root }).split('\n')[0]!,
  );
}

describe('clashes', () => {
  it('finds none where there is none', async () => {
    await writeFile(join(root, 'a/package.json'), '{ "scripts": { "build": "x" } }');
    await writeFile(
      join(root, 'a/project.json'),
      '{ "targets": { "image": { "dependsOn": ["x"] }, "export": { "executor": "@ingot/oci:export" } } }',
    );
    expect(found()).toEqual([]);
  });
  it('names a script of package.json and its place', async () => {
    await writeFile(
      join(root, 'a/package.json'),
      '{\n  "name": "image",\n  "scripts": {\n    "image": "docker build ."\n  }\n}\n',
    );
    expect(found()).toEqual([
      'a/image.yaml:1:1  INGOT_TARGET_CLASH  the target "image" is claimed by the script "image" in a/package.json:4:5, too',
    ]);
  });
  it('knows the scripts that Nx is told to leave alone', async () => {
    await writeFile(join(root, 'a/package.json'), '{ "scripts": { "image": "x" }, "nx": { "includedScripts": [] } }');
    expect(found()).toEqual([]);
  });
  it('names another executor or command in project.json', async () => {
    await writeFile(join(root, 'a/project.json'), '{\n  "targets": {\n    "image": { "command": "x" }\n  }\n}\n');
    expect(found()).toEqual([
      'a/image.yaml:1:1  INGOT_TARGET_CLASH  the target "image" is claimed by the target "image" in a/project.json:3:5, too',
    ]);
  });
  it('names another project file that has the name by the options of its plugin', async () => {
    await writeFile(join(root, 'a/solution.yaml'), 'ingot: solution/v1\nname: a\n');
    expect(found(['@ingot/solution/plugin'])).toEqual([]);
    const plugins = [{ plugin: '@ingot/solution/plugin', options: { packTarget: 'image' } }];
    expect(found(plugins)).toEqual([
      'a/image.yaml:1:1  INGOT_TARGET_CLASH  the target "image" is claimed by the target "image" in a/solution.yaml:1:1, too',
    ]);
  });
  it('leaves the files of other tools alone, whatever is in them', async () => {
    const plugins = [{ plugin: '@ingot/solution/plugin', options: { packTarget: 'image' } }];
    for (const text of ['name: of another tool\n', 'kind: Foreign\nspec:\n  ingot: 1\n', 'ingot: mould/v1\n']) {
      await writeFile(join(root, 'a/solution.yaml'), text);
      expect(found(plugins), text).toEqual([]);
    }
  });
});
