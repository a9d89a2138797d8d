import { readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { registryTest } from './test/registry-test.ts';
import { sampleIso } from './test/sample-iso.ts';

const { at, makeImage, run, startRegistry } = registryTest();

it('does what README.md shows', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const lines = [...readme.matchAll(/```sh\n([^]*?)```/g)].flatMap(([, example = '']) => example.trim().split('\n'));
  expect(lines.length).toBeGreaterThan(12);
  const { host } = await startRegistry();
  await sampleIso(at());
  await makeImage();
  await writeFile(at('build.log'), 'built\n');
  for (const line of lines) {
    const [program, ...args] = line.replaceAll('registry.example', host).split(' ');
    expect(program).toBe('ingot');
    expect(await run(...args), line).toMatchObject({ exit: 0, stderr: '' });
  }
});
