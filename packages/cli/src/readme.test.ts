import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runMain } from './test/run-main.ts';
import { sampleIso } from './test/sample-iso.ts';

it('does what README.md shows', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const [, example = ''] = /```sh\n([^]*?)```/.exec(readme) ?? [];
  const lines = example.trim().split('\n');
  expect(lines.length).toBeGreaterThan(3);
  const folder = await mkdtemp(join(tmpdir(), 'ingot-cli-'));
  try {
    await sampleIso(folder);
    for (const line of lines) {
      const [program, ...args] = line.split(' ');
      expect(program).toBe('ingot');
      expect(await runMain(folder, ...args), line).toMatchObject({ exit: 0, stderr: '' });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
