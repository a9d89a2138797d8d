import { link, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFolder } from './folder.ts';

const run = promisify(execFile);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-folder-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const read = (options: object = {}) => readFolder(folder, { note: () => undefined, ...options });

describe('a folder as entries', () => {
  it('has every kind of file but sockets', async () => {
    await mkdir(join(folder, 'dev'));
    await run('mknod', [join(folder, 'dev/null'), 'c', '1', '3']);
    await run('mknod', [join(folder, 'dev/big'), 'b', '4095', '1048575']);
    await run('mkfifo', [join(folder, 'pipe')]);
    await symlink('/nowhere', join(folder, 'link'));
    await writeFile(join(folder, 'file'), 'text');
    await link(join(folder, 'file'), join(folder, 'name'));
    const server = createServer().listen(join(folder, 'socket'));
    const entries = await read();
    await new Promise((resolve) => server.close(resolve));
    expect(entries.map(({ path, type }) => `${type} ${path}`)).toEqual([
      'directory dev',
      'block dev/big',
      'character dev/null',
      'file file',
      'symlink link',
      'hardlink name',
      'fifo pipe',
    ]);
    expect(entries).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ path: 'dev/null', major: 1, minor: 3 }),
        expect.objectContaining({ path: 'dev/big', major: 4095, minor: 1048575 }),
        expect.objectContaining({ path: 'link', target: '/nowhere' }),
        expect.objectContaining({ path: 'name', target: 'file' }),
        expect.objectContaining({ path: 'file', content: { path: join(folder, 'file'), offset: 0, size: 4 } }),
      ]),
    );
  });

  it("has root as the owner of what is the builder's, and all others as they are", async () => {
    for (const [name, id] of [
      ['mine', '1000:1000'],
      ['theirs', '33:44'],
    ] as const) {
      await writeFile(join(folder, name), '');
      await run('chown', [id, join(folder, name)]);
    }
    const owners = (await read({ user: 1000, group: 1000 })).map(({ path, uid, gid }) => `${path} ${uid}:${gid}`);
    expect(owners).toEqual(['mine 0:0', 'theirs 33:44']);
  });

  it('enters no other file system', async () => {
    await mkdir(join(folder, 'proc'));
    await run('mount', ['-t', 'tmpfs', 'none', join(folder, 'proc')]);
    try {
      await writeFile(join(folder, 'proc/cpuinfo'), '');
      expect((await read()).map(({ path }) => path)).toEqual(['proc']);
    } finally {
      await run('umount', [join(folder, 'proc')]);
    }
  });
});
