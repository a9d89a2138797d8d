import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { LayerEntry } from '@ingot/content';
import { formatError } from '@ingot/workspace';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FilesDescription } from './files-description.ts';
import { collectFiles } from './files.ts';

let base: string;
let root: string;
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'ingot-files-')));
  base = join(root, 'project');
  await mkdir(base);
});
afterEach(() => rm(root, { recursive: true }));

async function write(...names: string[]): Promise<void> {
  for (const name of names) {
    await mkdir(dirname(join(base, name)), { recursive: true });
    await writeFile(join(base, name), name);
  }
}

const place = { file: 'image.yaml', line: 5, column: 9 };

function collect(from: string, to: string, more: Partial<FilesDescription> = {}): Promise<LayerEntry[]> {
  const entry: FilesDescription = {
    ...{ place, targetPlace: place, projectPlace: place, from, to, mode: undefined, owner: { uid: 0, gid: 0 } },
    ...{ exclude: [], target: undefined, project: undefined },
    ...more,
  };
  const platform = { os: 'linux', architecture: 'arm64' };
  return collectFiles(entry, { base, boundary: base, without: new Set([join(base, 'dist/image')]), platform });
}

async function paths(...args: Parameters<typeof collect>): Promise<string[]> {
  return (await collect(...args)).map(({ path, type }) => (type === 'directory' ? `${path}/` : path)).sort();
}

async function error(...args: Parameters<typeof collect>): Promise<string> {
  const thrown: unknown = await collect(...args).then(
    () => 'nothing was thrown',
    (each: unknown) => each,
  );
  return formatError(thrown, { cwd: root }).split('\n')[0]!;
}

describe('collectFiles', () => {
  it('copies a file to a path, or into a folder', async () => {
    await write('server');
    expect(await paths('server', '/bin/x')).toEqual(['bin/x']);
    expect(await paths('./server', '/bin/')).toEqual(['bin/server']);
    expect(await paths('server', '/')).toEqual(['server']);
  });
  it("copies a folder's contents, dot files and empty folders too", async () => {
    await write('www/index.html', 'www/.well-known/x', 'www/a/b/c');
    await mkdir(join(base, 'www/empty'));
    const all = ['w/', 'w/.well-known/', 'w/.well-known/x', 'w/a/', 'w/a/b/', 'w/a/b/c', 'w/empty/', 'w/index.html'];
    expect(await paths('www', '/w')).toEqual(all);
    expect(await paths('www/', '/w/')).toEqual(all);
    expect(await paths('www/a', '/')).toEqual(['b/', 'b/c']);
  });
  it('copies what a glob finds, without the part before its first wildcard, and without dot files', async () => {
    await write('www/index.html', 'www/.hidden.html', 'www/a/b.html', 'www/a/c.css');
    expect(await paths('www/**/*.html', '/w')).toEqual(['w/a/b.html', 'w/index.html']);
    expect(await paths('www/*', '/w/')).toEqual(['w/index.html']);
    expect(await paths('www/{a,b}/*', '/w/')).toEqual(['w/a/b.html', 'w/a/c.css']);
  });
  it('takes a name that looks like a glob literally where it is there', async () => {
    await write('[id].html', 'i.html');
    expect(await paths('[id].html', '/x')).toEqual(['x']);
  });
  it('fills in the platform', async () => {
    await write('dist/linux-arm64/server', 'dist/linux-amd64/server');
    expect(await collect('dist/{os}-{arch}/server', '/server')).toMatchObject([
      { content: { path: join(base, 'dist/linux-arm64/server') } },
    ]);
  });
  it('leaves out what is excluded, and its own output', async () => {
    await write(
      'www/a.html',
      'www/a.map',
      'www/x/b.map',
      'www/x/c',
      'www/y/.d',
      'dist/image/index.json',
      'dist/server',
    );
    expect(await paths('www', '/w', { exclude: ['**/*.map', 'y'] })).toEqual(['w/', 'w/a.html', 'w/x/', 'w/x/c']);
    expect(await paths('www/**/*', '/w', { exclude: ['x'] })).toEqual(['w/a.html', 'w/a.map']);
    expect(await paths('dist', '/d')).toEqual(['d/', 'd/server']);
    expect(await paths('dist/**/*', '/d')).toEqual(['d/server']);
  });
  it('takes of the modes on disk whether the owner may execute, and nothing of the umask', async () => {
    await write('x/run', 'x/private');
    await chmod(join(base, 'x/run'), 0o700);
    await chmod(join(base, 'x/private'), 0o600);
    await chmod(join(base, 'x'), 0o700);
    const modes = Object.fromEntries((await collect('x', '/x')).map(({ path, mode }) => [path, mode]));
    expect(modes).toEqual({ x: 0o755, 'x/run': 0o755, 'x/private': 0o644 });
    const set = Object.fromEntries((await collect('x', '/x', { mode: 0o400 })).map(({ path, mode }) => [path, mode]));
    expect(set).toEqual({ x: 0o755, 'x/run': 0o400, 'x/private': 0o400 });
  });
  it('gives all of it to the owner', async () => {
    await write('x/a');
    await symlink('a', join(base, 'x/l'));
    const owner = { uid: 1, gid: 2 };
    expect(await collect('x', '/x', { owner })).toEqual(Array<unknown>(3).fill(expect.objectContaining(owner)));
  });

  it('keeps links within what is copied, and copies what others in the project point at', async () => {
    await write('www/a/b', 'other/c');
    await symlink('a/b', join(base, 'www/l'));
    await symlink('../other/c', join(base, 'www/m'));
    expect(await collect('www', '/w')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'symlink', path: 'w/l', target: 'a/b' }),
        expect.objectContaining({ type: 'file', path: 'w/m', size: 7 }),
      ]),
    );
    expect(await paths('www/*', '/w')).toContain('w/l');
  });
  it('refuses links that leave the project', async () => {
    await write('www/a');
    await writeFile(join(root, 'secret'), 's');
    await symlink('../../secret', join(base, 'www/l'));
    const left = 'image.yaml:5:9  INGOT_IMAGE_LINK  www/l is a link that leaves the project';
    expect(await error('www', '/w')).toBe(left);
    expect(await error('www/*', '/w')).toBe(left);
    expect(await error('www/l', '/w')).toBe(left);
  });
  it('refuses a way through a link that leaves the project', async () => {
    await mkdir(join(root, 'outside'));
    await writeFile(join(root, 'outside/f'), 's');
    await symlink('../outside', join(base, 'in'));
    expect(await error('in/f', '/f')).toContain('INGOT_IMAGE_LINK  in/f is a link that leaves the project');
    expect(await error('in/*', '/f')).toContain('INGOT_IMAGE_LINK  in is a link that leaves the project');
    expect(await error('in', '/f')).toContain('INGOT_IMAGE_LINK');
  });
  it('refuses absolute links, links to nowhere and links to folders elsewhere', async () => {
    await write('www/a', 'other/b');
    await symlink('/etc/passwd', join(base, 'www/l'));
    expect(await error('www', '/w')).toContain('INGOT_IMAGE_LINK  www/l is a link that leaves the project');
    await rm(join(base, 'www/l'));
    await symlink('../gone', join(base, 'www/l'));
    expect(await error('www', '/w')).toContain('INGOT_IMAGE_LINK  www/l is a link that leads nowhere');
    await rm(join(base, 'www/l'));
    await symlink('../other', join(base, 'www/l'));
    expect(await error('www', '/w')).toContain(
      'INGOT_IMAGE_LINK  www/l is a link to a folder outside of what is copied',
    );
  });

  it.each(['../x', '/etc/passwd', 'a/../../x', 'C:\\x', 'a\\b', '../*'])('refuses the path %j', async (from) => {
    expect(await error(from, '/x')).toBe(
      `image.yaml:5:9  INGOT_IMAGE_PATH  ${JSON.stringify(from)} leaves the project`,
    );
  });
  it('refuses a destination with ..', async () => {
    await write('a');
    expect(await error('a', '/x/../../y')).toContain('image.yaml:5:9  INGOT_IMAGE_PATH  to:');
  });
  it('says what is not there, and what may have been meant', async () => {
    await write('www/index.html');
    expect(await error('wwww', '/x')).toBe(
      'image.yaml:5:9  INGOT_IMAGE_NO_FILES  "wwww" does not exist; did you mean "www"?',
    );
    expect(await error('www/*.css', '/x')).toBe('image.yaml:5:9  INGOT_IMAGE_NO_FILES  "www/*.css" matches no file');
    expect(await error('gone/*.css', '/x')).toBe('image.yaml:5:9  INGOT_IMAGE_NO_FILES  "gone/*.css" matches no file');
    expect(await error('dist/server', '/x', { project: 'tool', target: 'build' })).toBe(
      'image.yaml:5:9  INGOT_IMAGE_NO_FILES  "dist/server" (made by tool:build) does not exist',
    );
  });
});
