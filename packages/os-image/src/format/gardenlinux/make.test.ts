import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { referee } from '../../../../../tools/referee.ts';
import { testFolder } from '../../../../../tools/registry/temporary-folder.ts';
import { filter } from '../../program/filter.ts';
import { makeOnmetal } from '../onmetal/make.ts';
import { contentsOf } from '../test/folder-digest.ts';
import { testInput, version, type TestImage } from '../test/input.ts';
import { makeGardenlinux, xz } from './make.ts';

const at = testFolder();
const base = `demo-metal-amd64-${version}`;

async function make(image: TestImage = {}) {
  const input = await testInput(at(), image);
  return { ...(await makeGardenlinux(input)), input, folder: input.folder };
}

describe('the files of Garden Linux', () => {
  it('are those of its listing', async () => {
    const { folder, files } = await make();
    const endings = [
      'initrd',
      'log',
      'manifest',
      'oci.tar.xz',
      'os-release',
      'raw',
      'tar.xz',
      'tar.xz.sha256',
      'vmlinuz',
    ];
    expect(readdirSync(folder).sort()).toEqual(endings.map((ending) => `${base}.${ending}`));
    expect(files.map(({ role }) => role).sort()).toEqual(endings);
    for (const { path, size } of files) expect(statSync(join(folder, path)).size).toBe(size);
  });

  it('are without the disk where it is not asked for', async () => {
    const { folder } = await make({ description: { gardenlinux: { prefix: 'demo-metal', raw: false } } });
    expect(readdirSync(folder)).toHaveLength(8);
    expect(readdirSync(folder)).not.toContain(`${base}.raw`);
  });

  it('hold the root file system and its sum, digits alone, as bin/garden-build of gardenlinux writes it', async () => {
    const { folder, input } = await make();
    const archive = join(folder, `${base}.tar.xz`);
    execFileSync(referee('xz'), ['-t', archive]);
    const tar = execFileSync(referee('xz'), ['-dc', archive], { maxBuffer: 1 << 28 });
    expect(tar.equals(readFileSync(join(input.rootfsFolder, 'amd64/rootfs.tar')))).toBe(true);
    const sum = execFileSync('sh', ['-c', 'sha256sum "$0" | cut -d" " -f1', archive]).toString();
    expect(readFileSync(`${archive}.sha256`, 'utf8')).toBe(sum);
  });

  it('hold the store onmetal/, the same as the format onmetal makes it', async () => {
    const { folder, roots } = await make();
    execFileSync(referee('tar'), ['-xJpf', join(folder, `${base}.oci.tar.xz`), '-C', at()], {
      env: { ...process.env, TZ: 'UTC' },
    });
    const onmetal = await testInput(at(), { output: 'as-format' });
    await makeOnmetal(onmetal);
    expect(contentsOf(at('onmetal'))).toEqual(contentsOf(onmetal.folder));
    expect(roots).toEqual([expect.objectContaining({ layout: `${base}.oci.tar.xz`, suffix: '' })]);
    const listed = execFileSync(referee('tar'), ['-tvJf', join(folder, `${base}.oci.tar.xz`)], {
      env: { ...process.env, TZ: 'UTC' },
    }).toString();
    expect(listed).toMatch(/^drwxr-xr-x 0\/0 +0 2026-01-01 00:00 onmetal\/\n/);
    expect(listed).toMatch(/^drwxr-xr-x 0\/0 .* onmetal\/ingest\/$/m);
  });

  it('are a set for each architecture', async () => {
    const { folder, roots } = await make({ architectures: ['amd64', 'arm64'] });
    expect(readdirSync(folder)).toHaveLength(18);
    expect(roots.map(({ suffix }) => suffix)).toEqual(['-amd64', '-arm64']);
  });

  it.each([
    ['INGOT_OS_IMAGE_KERNEL', 'kernel'],
    ['INGOT_OS_IMAGE_KERNEL', 'initrd'],
    ['INGOT_OS_IMAGE_PART', 'manifest'],
    ['INGOT_OS_IMAGE_PART', 'osRelease'],
  ] as const)('are refused with %s without %s', async (code, part) => {
    await expect(make({ without: [part] })).rejects.toMatchObject({ code, place: expect.anything() });
  });

  it('are the same in another folder, with another umask, whatever xz is told from outside', async () => {
    const first = await make();
    const before = contentsOf(first.folder);
    rmSync(first.folder, { recursive: true });
    const umask = process.umask(0o077);
    process.env['XZ_OPT'] = '-0';
    try {
      expect(contentsOf((await make({ output: 'elsewhere' })).folder)).toEqual(before);
    } finally {
      process.umask(umask);
      delete process.env['XZ_OPT'];
    }
  });
});

it('xz gives the same bytes for any number of threads, also of more than one block', async () => {
  async function* content(): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < 30; i += 1) yield Buffer.alloc(1024 * 1024, `${i}`);
  }
  async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    for await (const part of stream) parts.push(part);
    return Buffer.concat(parts);
  }
  const made = await collect(xz(content(), new AbortController().signal));
  const options = ['-z', '-c', '-6', '--check=crc64', '--block-size=24MiB'];
  expect(made.equals(await collect(filter('xz', [...options, '-T7'], content())))).toBe(true);
  writeFileSync(at('x.xz'), made);
  expect(execFileSync(referee('xz'), ['--robot', '--list', at('x.xz')]).toString()).toMatch(/^file\t1\t2\t/m);
});
