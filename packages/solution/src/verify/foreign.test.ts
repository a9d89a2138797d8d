import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openIso } from '@ingot/iso9660';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { referee } from '../../../../tools/referee.ts';
import { sampleSolution } from './test/sample-solution.ts';
import { faults } from './test/verdict.ts';

/** ISOs of other tools, for what ours never writes. */
let folder: string;
let tree: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-verify-'));
  tree = join(folder, 'tree');
  for (const [path, { content }] of sampleSolution().files) {
    await mkdir(join(tree, dirname(path)), { recursive: true });
    await writeFile(join(tree, path), content, { mode: 0o644 });
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const usual = ['-R', '-J', '-joliet-long', '-l', '-V', 'sample 1.0.0', '-gid', '0', '-uid', '0', '-iso-level', '3'];

async function judge(options: readonly string[]): Promise<string[]> {
  const file = join(folder, 'sample.iso');
  await execa(referee('genisoimage'), ['-quiet', ...options, '-input-charset', 'utf-8', '-o', file, tree]);
  return faults(await openIso(file));
}

const without = (...options: string[]) => usual.filter((option) => !options.includes(option));

describe('an ISO of genisoimage', () => {
  it("passes with the options of MetalK8s' own example, but for the layers that it stores twice", async () => {
    expect(await judge([...usual, '-cache-inodes'])).toEqual(['warning image-shared']);
  });
  it('lacks Rock Ridge', async () => {
    // -uid and -gid bring Rock Ridge with them.
    expect(await judge(without('-R', '-uid', '-gid', '0'))).toEqual(['error iso-rock-ridge', 'warning image-shared']);
  });
  it('lacks Joliet', async () => {
    expect(await judge(without('-J', '-joliet-long'))).toEqual(expect.arrayContaining(['error iso-joliet']));
  });
  it('has names beyond level 3', async () => {
    // The option takes the versions away as well.
    const found = await judge([...usual, '-max-iso9660-filenames']);
    expect(new Set(found)).toEqual(new Set(['error iso-level', 'error manifest-primary', 'warning image-shared']));
  });
  it('has names without versions', async () => {
    expect(await judge([...usual, '-omit-version-number'])).toEqual(['error manifest-primary', 'warning image-shared']);
  });
  it('hides the manifest behind another primary name', async () => {
    const file = join(folder, 'sample.iso');
    await execa(referee('genisoimage'), ['-quiet', ...usual, '-hide', 'manifest.yaml', '-o', file, tree]);
    expect(await faults(await openIso(file))).toContain('error manifest-primary');
  });
  it('has owners', async () => {
    const owned = without('-gid', '-uid', '0');
    const found = await judge([...owned, '-uid', '1000', '-gid', '1000']);
    expect(new Set(found)).toEqual(new Set(['warning file-owner', 'warning image-shared']));
  });
  it('has a device', async () => {
    const pipe = join(tree, 'docs', 'pipe');
    await execa('mkfifo', [pipe]);
    expect(await judge(usual)).toContain('error file-types');
    await rm(pipe);
  });
  it('has a tag that is a link', async () => {
    await symlink('2.1', join(tree, 'images', 'server', 'stable'));
    expect(await judge(usual)).toEqual(expect.arrayContaining(['error registry-config-locations']));
    await rm(join(tree, 'images', 'server', 'stable'));
  });
});
