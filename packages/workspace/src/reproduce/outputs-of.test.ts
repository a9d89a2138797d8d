import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { declaredOutputs, pathsIn } from './outputs-of.ts';

it('fills the tokens of outputs, and leaves out what leads elsewhere', () => {
  const outputs = [
    '{projectRoot}/dist/*.iso',
    '{workspaceRoot}/dist/{projectName}',
    '{options.outputPath}',
    '{options.outputPath}.json',
    '{options.nothing}',
    '!{projectRoot}/dist/x',
    '{workspaceRoot}/../x',
  ];
  expect(declaredOutputs({ outputs, options: { outputPath: 'apps/a/dist/image' } }, 'apps/a', 'a')).toEqual([
    'apps/a/dist/*.iso',
    'dist/a',
    'apps/a/dist/image',
    'apps/a/dist/image.json',
  ]);
  expect(declaredOutputs({}, 'a', 'a')).toEqual([]);
});

it('finds what either has, once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ingot-paths-'));
  try {
    for (const path of ['one/dist/a.iso', 'other/dist/b.iso', 'one/dist/image/index.json']) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), '');
    }
    const roots = [join(folder, 'one'), join(folder, 'other')];
    expect(await pathsIn(roots, ['dist/*.iso', 'dist/image', 'dist/image/index.json', 'none'])).toEqual([
      'dist/a.iso',
      'dist/b.iso',
      'dist/image',
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
