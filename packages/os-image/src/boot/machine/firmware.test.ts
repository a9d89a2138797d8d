import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findFirmware } from './firmware.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-firmware-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const tables = () => {
  const files = [
    [join(folder, 'A.code'), join(folder, 'A.vars')],
    [join(folder, 'B.code'), join(folder, 'B.vars')],
  ] as const;
  return { amd64: { package: 'ovmf', files }, arm64: { package: 'qemu-efi-aarch64', files: [] } };
};

describe('the firmware', () => {
  it('is the first of which both files are there', async () => {
    for (const name of ['A.code', 'B.code', 'B.vars']) await writeFile(join(folder, name), '');
    expect(await findFirmware('amd64', tables())).toEqual({
      code: join(folder, 'B.code'),
      variables: join(folder, 'B.vars'),
    });
  });

  it('is missing by the package that brings it', async () => {
    await expect(findFirmware('arm64', tables())).rejects.toMatchObject({
      code: 'INGOT_TOOL_MISSING',
      help: expect.stringContaining('qemu-efi-aarch64'),
    });
  });
});
