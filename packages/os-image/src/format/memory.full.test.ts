import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOfFile, tarStream } from '@ingot/content';
import { expect, it } from 'vitest';
import { testFolder } from '../../../../tools/registry/temporary-folder.ts';
import { verifyFormat } from '../verify/verify.ts';
import type { FormatInput } from './format.ts';
import { makeMetalStack } from './metal-stack/make.ts';
import { makeOnmetal } from './onmetal/make.ts';
import { resultOf, testInput } from './test/input.ts';

const at = testFolder();
const GiB = 1024 ** 3;

/** A large file, nearly all of it a hole. */
async function large(path: string, head: Uint8Array, size = 4 * GiB): Promise<{ size: number; digest: string }> {
  writeFileSync(path, head);
  truncateSync(path, size);
  return { size, digest: await digestOfFile(path) };
}

/** The header of a file that fills the tar but for its end. */
async function tarHead(): Promise<Uint8Array> {
  const size = 4 * GiB - 3 * 512;
  const content = { path: '/dev/zero', offset: 0, size };
  const entry = { type: 'file', path: 'large', mode: 0o644, uid: 0, gid: 0, size, content } as const;
  for await (const part of tarStream([entry], { mtime: 0 })) return part;
  throw new Error('no header');
}

it('takes no more memory for a root file system of 4 GiB, and a disk', { timeout: 900_000 }, async () => {
  const small = await testInput(at());
  const [rootfs] = small.rootfs.architectures;
  const tar = await large(join(small.rootfsFolder, rootfs!.tar.path), await tarHead());
  const disk = small.disks!.result.files[0]!;
  const raw = await large(join(small.disks!.folder, disk.path), Buffer.from('disk'), GiB);
  let peak = 0;
  const stage = () => () => void (peak = Math.max(peak, process.memoryUsage().rss));
  const input: FormatInput = {
    ...small,
    rootfs: { ...small.rootfs, architectures: [{ ...rootfs!, tar: { ...rootfs!.tar, ...tar } }] },
    disks: { ...small.disks!, result: { ...small.disks!.result, files: [{ ...disk, ...raw }] } },
    stage,
  };
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const metalStack = resultOf('metal-stack', await makeMetalStack({ ...input, folder: at('metal-stack') }));
  await verifyFormat(metalStack, at('metal-stack'), input.description);
  stage()();
  mkdirSync(at('onmetal'));
  const onmetal = resultOf('onmetal', await makeOnmetal({ ...input, folder: at('onmetal') }));
  expect(await verifyFormat(onmetal, at('onmetal'), input.description)).toEqual([]);
  stage()();
  expect(peak - before).toBeLessThan(200 * 1024 * 1024);
});
