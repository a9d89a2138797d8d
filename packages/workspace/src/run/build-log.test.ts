import { mkdtemp, readFile, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BuildLog } from './build-log.ts';
import { runProgram } from './program.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'ingot-log-'))));
afterEach(() => rm(folder, { recursive: true }));

describe('a log of a build', () => {
  it('has every line without secrets, and shows them', async () => {
    const shown: string[] = [];
    const log = await BuildLog.open(join(folder, 'a/log'), ['secret'], (line) => shown.push(line));
    for (const line of ['one', 'the secret', '']) log.add(line);
    log.close();
    expect(await readFile(log.file, 'utf8')).toBe('one\nthe ***\n\n');
    expect(shown).toEqual(['one', 'the ***', '']);
    expect(log.tail()).toEqual(['one', 'the ***']);
  });

  it('on a full disk ends the program that it listens to, with an error that says so', async () => {
    const file = join(folder, 'log');
    await symlink('/dev/full', file);
    const { mode } = await stat(file);
    const log = await BuildLog.open(file, [], () => undefined);
    const ended = runProgram('sh', ['-c', 'echo one; sleep 1000'], { onLine: (line) => log.add(line) });
    await expect(ended).rejects.toMatchObject({ code: 'INGOT_DISK_FULL', path: file });
    log.close();
    expect((await stat(file)).mode).toBe(mode);
  });
});
