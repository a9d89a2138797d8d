import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { testFolder } from '../../../../tools/registry/temporary-folder.ts';
import { makeContainer } from '../format/container/make.ts';
import { resultOf, testInput } from '../format/test/input.ts';
import { verifyFormat } from './verify.ts';

const at = testFolder();

it('is a sound image, or is refused', async () => {
  const input = await testInput(at());
  const result = resultOf('container', await makeContainer(input));
  const verify = () => verifyFormat(result, input.folder, input.description);
  expect(await verify()).toEqual([]);
  const layer = join(input.folder, result.files[0]!.path);
  const bytes = readFileSync(layer);
  bytes[20]! ^= 1;
  writeFileSync(layer, bytes);
  expect(await verify()).toContainEqual(expect.objectContaining({ level: 'error', rule: 'container/image' }));
  rmSync(layer);
  expect(await verify()).toContainEqual(expect.objectContaining({ level: 'error', rule: 'container/image' }));
  expect(await verifyFormat({ ...result, roots: [] }, input.folder, input.description)).toEqual([
    expect.objectContaining({ level: 'error', rule: 'container/image' }),
  ]);
});
