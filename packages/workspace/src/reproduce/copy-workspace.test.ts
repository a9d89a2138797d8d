import { execFileSync } from 'node:child_process';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  readlink,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyWorkspace } from './copy-workspace.ts';
import { workspaceFiles } from './workspace-files.ts';

let folder: string;
let root: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'ingot-copy-')));
  root = join(folder, 'workspace');
  for (const path of ['nx.json', 'a/src/x.ts', 'a/package.json', 'a/dist/old', '.nx/cache', 'a/ignored.log', 'tmp/x'])
    await put(path);
  await put('.gitignore', '*.log\n');
});
afterEach(() => rm(folder, { recursive: true }));

async function put(path: string, text = path): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: root, encoding: 'utf8' });
const files = (declared?: string[]) => workspaceFiles(root, new AbortController().signal, declared);

describe('workspaceFiles', () => {
  it('are what git knows and what is new, and no builds', async () => {
    git('init', '-q');
    git('add', '-f', 'nx.json', 'a/src', '.gitignore', 'a/dist/old');
    await put('new name\u00e4.txt');
    expect(await files()).toEqual([
      '.gitignore',
      'a/dist/old',
      'a/package.json',
      'a/src/x.ts',
      'new name\u00e4.txt',
      'nx.json',
    ]);
  });

  it('are as well what builds read by name though git ignores it, and no builds', async () => {
    await put('.gitignore', '*.log\n/a/packages.lock\n/a/keys\n');
    for (const path of ['a/packages.lock', 'a/keys/b/c.asc', 'a/keys/node_modules/x']) await put(path);
    git('init', '-q');
    const known = await files();
    expect(known).not.toContain('a/packages.lock');
    const declared = ['a/packages.lock', 'a/keys', 'a/dist/old', 'a/not-there', 'a/src/x.ts'];
    expect(await files(declared)).toEqual([...known, 'a/keys/b/c.asc', 'a/packages.lock'].toSorted());
  });

  it('are all but builds where there is no git, or a repository around it that ignores the workspace', async () => {
    const expected = ['.gitignore', 'a/ignored.log', 'a/package.json', 'a/src/x.ts', 'nx.json'];
    expect((await files()).toSorted()).toEqual(expected);
    execFileSync('git', ['init', '-q'], { cwd: folder });
    await writeFile(join(folder, '.gitignore'), 'workspace\n');
    expect((await files()).toSorted()).toEqual(expected);
  });
});

describe('copyWorkspace', () => {
  const copy = (listed: readonly string[]) =>
    copyWorkspace(root, join(folder, 'copy'), { files: listed, umask: 0o027, mtime: 1000 });
  const at = (path: string) => join(folder, 'copy', path);
  const modeOf = async (path: string) => ((await lstat(at(path))).mode & 0o777).toString(8);

  it('has the modes that a clone would have, and times of its own', async () => {
    await chmod(join(root, 'nx.json'), 0o600);
    await chmod(join(root, 'a/src/x.ts'), 0o700);
    await symlink('src/x.ts', join(root, 'a/link'));
    await copy(['nx.json', 'a/src/x.ts', 'a/link', 'gone']);
    expect(await Promise.all(['nx.json', 'a/src/x.ts', 'a/src', 'a'].map(modeOf))).toEqual([
      '640',
      '750',
      '750',
      '750',
    ]);
    for (const path of ['nx.json', 'a/link']) expect((await lstat(at(path))).mtimeMs).toBe(1_000_000);
    expect(await readlink(at('a/link'))).toBe('src/x.ts');
    expect(await readFile(at('a/src/x.ts'), 'utf8')).toBe('a/src/x.ts');
    expect(await readdir(at('a'))).toEqual(['link', 'src']);
  });

  it('links what is installed, and its own packages to its own', async () => {
    await put('node_modules/tool/index.js');
    await put('node_modules/@scope/other/index.js');
    await put('a/node_modules/nested/index.js');
    await symlink('../../a', join(root, 'node_modules/@scope/a'));
    await symlink(join(root, 'a'), join(root, 'node_modules/a'));
    await put('node_modules/.cache/x');
    await copy(['nx.json', 'a/package.json']);
    expect(await readlink(at('node_modules/tool'))).toBe(join(root, 'node_modules/tool'));
    expect(await readlink(at('node_modules/@scope/other'))).toBe(join(root, 'node_modules/@scope/other'));
    for (const own of ['node_modules/@scope/a', 'node_modules/a']) expect(await realpath(at(own))).toBe(at('a'));
    expect(await readlink(at('a/node_modules/nested'))).toBe(join(root, 'a/node_modules/nested'));
    expect(await readdir(at('node_modules'))).not.toContain('.cache');
  });

  it('lets git answer as it does in the workspace', async () => {
    git('init', '-q');
    git('add', 'nx.json');
    git('commit', '-q', '-m', 'one');
    const head = git('rev-parse', 'HEAD');
    await copy(['nx.json']);
    expect(execFileSync('git', ['rev-parse', 'HEAD'], { cwd: at('.'), encoding: 'utf8' })).toBe(head);
    expect(execFileSync('git', ['describe', '--always', '--dirty'], { cwd: at('.'), encoding: 'utf8' })).toMatch(
      /^[0-9a-f]+\n$/,
    );
  });
});
