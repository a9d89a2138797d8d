import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { testFolder } from '../../../../tools/registry/temporary-folder.ts';
import type { PublishDescription } from '../description/description.ts';
import { makeMetalStack } from '../format/metal-stack/make.ts';
import { resultOf, testInput, type TestImage } from '../format/test/input.ts';
import { metalctlLines, publishMetalStack, type PublishOptions } from './publish.ts';

const at = testFolder();
const tree = 'stable/debian/12.0';
const names = ['img.tar.lz4', 'packages.txt', 'img.tar.lz4.md5'];

async function made(image: TestImage = {}) {
  const input = await testInput(at(), image);
  const result = resultOf('metal-stack', await makeMetalStack(input));
  const publish = (how: PublishDescription, options: Partial<PublishOptions> = {}) =>
    publishMetalStack(input.folder, result, how, input.description, { signal: input.signal, ...options });
  return { input, result, publish, mirror: at('mirror') };
}

const folder: PublishDescription = { kind: 'folder', folder: 'mirror' };
const filesIn = (path: string): string[] => readdirSync(path).sort();

describe('a tree in a folder', () => {
  it('is put there as it is, and is what md5sum takes', async () => {
    const { publish, mirror } = await made();
    expect(await publish(folder)).toEqual(names.map((name) => ({ path: `${tree}/${name}`, how: 'written' })));
    expect(filesIn(join(mirror, tree))).toEqual([...names].sort());
    execFileSync('md5sum', ['-c', 'img.tar.lz4.md5'], { cwd: join(mirror, tree), stdio: 'ignore' });
    expect(statSync(join(mirror, tree, 'img.tar.lz4')).mode & 0o777).toBe(0o644);
  });

  it('stays as it is where it is there already', async () => {
    const { publish, mirror } = await made();
    await publish(folder);
    const inode = statSync(join(mirror, tree, 'img.tar.lz4')).ino;
    writeFileSync(join(mirror, tree, 'packages.txt'), 'older');
    const again = await publish(folder);
    expect(again.map(({ how }) => how)).toEqual(['present', 'written', 'present']);
    expect(statSync(join(mirror, tree, 'img.tar.lz4')).ino).toBe(inode);
  });

  it('replaces an older one, and leaves what else is there', async () => {
    const { publish, mirror } = await made();
    mkdirSync(join(mirror, tree), { recursive: true });
    for (const name of [...names, 'other']) writeFileSync(join(mirror, tree, name), 'older');
    await publish(folder);
    execFileSync('md5sum', ['-c', 'img.tar.lz4.md5'], { cwd: join(mirror, tree), stdio: 'ignore' });
    expect(filesIn(join(mirror, tree))).toEqual([...names, 'other'].sort());
  });

  it('is what it was before where the last file cannot be put there', async () => {
    const { publish, mirror } = await made();
    mkdirSync(join(mirror, tree, 'img.tar.lz4.md5'), { recursive: true });
    writeFileSync(join(mirror, tree, 'img.tar.lz4'), 'older');
    await expect(publish(folder)).rejects.toMatchObject({ code: 'EISDIR' });
    expect(readFileSync(join(mirror, tree, 'img.tar.lz4'), 'utf8')).toBe('older');
    expect(filesIn(join(mirror, tree))).toEqual(['img.tar.lz4', 'img.tar.lz4.md5']);
  });

  it('is what it was before where it is stopped', async () => {
    const { publish, mirror } = await made();
    const stop = new AbortController();
    const onBytes = (): void => stop.abort(new Error('stopped by SIGINT'));
    await expect(publish(folder, { signal: stop.signal, onBytes })).rejects.toThrow('stopped by SIGINT');
    expect(filesIn(join(mirror, tree))).toEqual([]);
  });

  it('is not begun with a file that is not what the target made', async () => {
    const { publish, mirror, input } = await made();
    writeFileSync(join(input.folder, tree, 'packages.txt'), 'other');
    await expect(publish(folder)).rejects.toMatchObject({ code: 'INGOT_OS_IMAGE_CHANGED' });
    expect(filesIn(join(mirror, tree))).toEqual([]);
  });

  it('holds the trees of all architectures', async () => {
    const { publish, mirror } = await made({ architectures: ['amd64', 'arm64'] });
    await publish(folder);
    expect(filesIn(join(mirror, 'stable'))).toEqual(['debian', 'debian-arm64']);
  });
});

describe("a command of the author's", () => {
  const script = (text: string): PublishDescription => ({
    kind: 'command',
    run: ['sh', '-c', text, 'publish', '{file}', 's3://bucket/{path}'],
  });

  it('is run for each file, archive first, md5 last, with the paths filled in', async () => {
    const { publish, input } = await made();
    const lines: string[] = [];
    const published = await publish(script('echo "$1 $2 $(pwd)"'), { onLine: (line) => lines.push(line) });
    expect(lines).toEqual(
      names.map((name) => `${join(input.folder, tree, name)} s3://bucket/${tree}/${name} ${input.description.folder}`),
    );
    expect(published.map(({ how }) => how)).toEqual(['handed', 'handed', 'handed']);
  });

  it('gets its arguments without a shell', async () => {
    const { publish } = await made();
    const lines: string[] = [];
    const run = ['printf', '%s\n', '$(id) {path}; {file}'];
    await publish({ kind: 'command', run }, { onLine: (line) => lines.push(line) });
    expect(lines[0]).toMatch(/^\$\(id\) stable\/debian\/12\.0\/img\.tar\.lz4; \//);
  });

  it('that fails stops, and what was published before is named', async () => {
    const { publish } = await made();
    const failing = script('case "$1" in *.txt) echo no access; exit 3;; esac');
    await expect(publish(failing)).rejects.toMatchObject({
      code: 'INGOT_OS_IMAGE_PUBLISH',
      message: `sh ended with 3 at ${tree}/packages.txt`,
      help: `no access\npublished before it failed: ${tree}/img.tar.lz4`,
      place: expect.anything(),
    });
    await expect(publish(script('exit 1'))).rejects.toMatchObject({ help: 'nothing was published' });
  });

  it('is refused where it does not say {file}, is missing, or would get files that were changed', async () => {
    const { publish, input } = await made();
    const mark = at('mark');
    await expect(publish({ kind: 'command', run: ['touch', mark] })).rejects.toMatchObject({
      code: 'INGOT_OS_IMAGE_PUBLISH',
    });
    await expect(publish({ kind: 'command', run: ['no-such-program-of-ingot', '{file}'] })).rejects.toMatchObject({
      code: 'INGOT_TOOL_MISSING',
    });
    writeFileSync(join(input.folder, tree, 'img.tar.lz4.md5'), 'other');
    await expect(publish({ kind: 'command', run: ['touch', mark, '{file}'] })).rejects.toMatchObject({
      code: 'INGOT_OS_IMAGE_CHANGED',
    });
    expect(existsSync(mark)).toBe(false);
  });
});

it('tells the line that makes each image known to metal-stack', async () => {
  const { result } = await made({ architectures: ['amd64', 'arm64'] });
  const lines = metalctlLines(result).split('\n');
  expect(lines).toHaveLength(3);
  expect(lines[1]).toMatch(/^metalctl image create --id debian-12/);
});
