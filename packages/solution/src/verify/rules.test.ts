import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { rules } from './verify-solution.ts';

it('has every rule in docs/verify-rules.md, in order, with its level', async () => {
  const page = await readFile(new URL('../../../../docs/verify-rules.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `([a-z0-9-]+)` +\| (error|warning) +\| \S.*\| \S.*\| \S.*\|$/gm)];
  expect(rows.map(([, id, level]) => [id, level])).toEqual(rules.map(({ id, level }) => [id, level]));
});

it('names each rule once', () => {
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
});
