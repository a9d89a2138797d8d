import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { referee } from '../../../../../tools/referee.ts';
import { testFolder } from '../../../../../tools/registry/temporary-folder.ts';
import { contentsOf } from '../test/folder-digest.ts';
import { testInput, version, type TestImage } from '../test/input.ts';
import { makeMetalStack } from './make.ts';

const at = testFolder();
const tree = 'stable/debian/12.0';

async function make(image: TestImage = {}) {
  const input = await testInput(at(), image);
  return { ...(await makeMetalStack(input)), input, folder: input.folder };
}

describe('the tree of metal-stack', () => {
  it('has archive, md5 and package list, where IMAGE_STORE.md of metal-images wants them', async () => {
    const { files, facts, folder } = await make();
    expect(files.map(({ path, role }) => [path, role])).toEqual([
      [`${tree}/img.tar.lz4`, 'archive'],
      [`${tree}/img.tar.lz4.md5`, 'md5'],
      [`${tree}/packages.txt`, 'packages'],
    ]);
    for (const { path, size } of files) expect(statSync(join(folder, path)).size).toBe(size);
    expect(facts).toEqual({
      images: [
        {
          id: `debian-${version}`,
          path: `${tree}/img.tar.lz4`,
          metalctl: expect.stringContaining(`--id debian-${version} --url "$IMAGES/${tree}/img.tar.lz4"`),
        },
      ],
    });
    expect(readFileSync(join(folder, tree, 'packages.txt'), 'utf8')).toContain('ii  frr');
  });

  it('holds the root file system itself, as lz4 and tar read it', async () => {
    const { folder, input } = await make();
    const archive = join(folder, tree, 'img.tar.lz4');
    execFileSync(referee('lz4'), ['-t', archive], { stdio: 'ignore' });
    const tar = execFileSync(referee('lz4'), ['-dc', archive], { maxBuffer: 1 << 28 });
    expect(tar.equals(readFileSync(join(input.rootfsFolder, 'amd64/rootfs.tar')))).toBe(true);
    expect(execFileSync(referee('tar'), ['-t'], { input: tar }).toString()).toMatch(/^install.sh$/m);
  });

  it('has an md5 file that md5sum takes, and that says what metal-hammer splits off at the first space', async () => {
    const { folder } = await make();
    const cwd = join(folder, tree);
    expect(execFileSync('md5sum', ['-c', 'img.tar.lz4.md5'], { cwd }).toString()).toBe('img.tar.lz4: OK\n');
    expect(readFileSync(join(cwd, 'img.tar.lz4.md5'), 'utf8')).toBe(
      execFileSync('md5sum', ['img.tar.lz4'], { cwd }).toString(),
    );
  });

  it('is one frame without checksums of blocks, at any level', async () => {
    for (const level of [1, 12]) {
      const { folder } = await make({
        description: { metalStack: { os: 'debian', imagesFolder: { kind: 'stable' }, level } },
        output: `level-${level}`,
      });
      const [, , , , flags] = readFileSync(join(folder, tree, 'img.tar.lz4'));
      // LZ4 frame format: version 01, independent blocks, no block checksum, no size, a content checksum.
      expect(flags).toBe(0b01100100);
    }
    const sizes = [1, 12].map((level) => statSync(at(`level-${level}/${tree}/img.tar.lz4`)).size);
    expect(sizes[1]).toBeLessThan(sizes[0]!);
  });

  it('gives an architecture other than amd64 an os of its own', async () => {
    const { files, facts } = await make({ architectures: ['amd64', 'arm64'] });
    expect(files.map(({ path }) => path)).toContain('stable/debian-arm64/12.0/img.tar.lz4');
    expect((facts!['images'] as { id: string }[]).map(({ id }) => id)).toEqual([
      `debian-${version}`,
      `debian-arm64-${version}`,
    ]);
  });

  it('does without a package list, and says so', async () => {
    const { files, input } = await make({ without: ['packages'] });
    expect(files.map(({ role }) => role)).toEqual(['archive', 'md5']);
    expect(input.notes).toEqual([expect.stringContaining('packages.txt')]);
  });

  it('is refused where the version is none of metal-stack', async () => {
    await expect(make({ version: '1.2.3' })).rejects.toMatchObject({
      code: 'INGOT_OS_IMAGE_VERSION',
      place: expect.objectContaining({ line: 2 }),
    });
  });

  it('is refused where the root file system is not what its target made', async () => {
    const input = await testInput(at());
    const path = join(input.rootfsFolder, 'amd64/rootfs.tar');
    const bytes = readFileSync(path);
    bytes[1000] = bytes[1000]! ^ 1;
    writeFileSync(path, bytes);
    await expect(makeMetalStack(input)).rejects.toMatchObject({ code: 'INGOT_OS_IMAGE_CHANGED', path });
    expect(existsSync(join(input.folder, tree, 'img.tar.lz4'))).toBe(false);
  });

  it('is not begun without lz4, and names the package that brings it', async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = at('nothing');
    try {
      await expect(make()).rejects.toMatchObject({
        code: 'INGOT_TOOL_MISSING',
        help: expect.stringMatching(/apt-get install lz4/),
      });
    } finally {
      process.env['PATH'] = path;
    }
  });

  it('stops when it is told to, and leaves nothing', async () => {
    const input = await testInput(at());
    const stop = new AbortController();
    const stage = () => () => stop.abort(new Error('stopped by SIGINT'));
    await expect(makeMetalStack({ ...input, signal: stop.signal, stage })).rejects.toThrow('stopped by SIGINT');
    expect(Object.values(contentsOf(input.folder)).filter((what) => !what.endsWith('folder'))).toEqual([]);
  });

  it('is the same in another folder, with another umask, in another time zone', async () => {
    const first = await make();
    const before = contentsOf(first.folder);
    rmSync(first.folder, { recursive: true });
    const [umask, zone] = [process.umask(0o077), process.env['TZ']];
    process.env['TZ'] = 'Pacific/Kiritimati';
    try {
      const { folder } = await make({ output: 'elsewhere' });
      expect(contentsOf(folder)).toEqual(before);
    } finally {
      process.umask(umask);
      process.env['TZ'] = zone;
    }
  });
});
