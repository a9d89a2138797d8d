import { statSync, readFileSync, existsSync } from 'node:fs';
import { once } from '@ingot/content';
import { expect, it } from 'vitest';
import { testFolder } from '../../../../tools/registry/temporary-folder.ts';
import { writeOutput } from './write.ts';

const at = testFolder();

it('leaves holes where there are zeros, at the end as well, and reads the same', async () => {
  const content = Buffer.alloc(4 * 1024 * 1024);
  content.write('here', 1024 * 1024);
  const { size } = await writeOutput(at(), 'disk.raw', once(content), { sparse: true });
  expect(size).toBe(content.length);
  expect(readFileSync(at('disk.raw')).equals(content)).toBe(true);
  expect(statSync(at('disk.raw')).blocks * 512).toBeLessThan(1024 * 1024);
});

it('has the mode that is asked for, whatever the umask', async () => {
  const umask = process.umask(0o077);
  try {
    await writeOutput(at(), 'a/b', once(Buffer.from('x')));
    await writeOutput(at(), 'a/c', once(Buffer.from('x')), { mode: 0o444 });
  } finally {
    process.umask(umask);
  }
  expect([at('a'), at('a/b'), at('a/c')].map((path) => statSync(path).mode & 0o777)).toEqual([0o755, 0o644, 0o444]);
});

it('is not there where the bytes are not those that were expected', async () => {
  const expected = { digest: `sha256:${'0'.repeat(64)}`, size: 1 };
  await expect(writeOutput(at(), 'x', once(Buffer.from('x')), { expected })).rejects.toMatchObject({
    code: 'INGOT_OS_IMAGE_CHANGED',
  });
  expect(existsSync(at('x'))).toBe(false);
});
