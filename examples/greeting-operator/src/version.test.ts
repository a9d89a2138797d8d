import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { solutionVersion } from './version.ts';

it.each(['greeting-solution/solution.yaml', 'greeting-operator/image.yaml'])('is that of %s', async (file) => {
  const text = await readFile(join(import.meta.dirname, '../..', file), 'utf8');
  expect(parse(text)).toMatchObject({ version: solutionVersion });
});
