import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { catalogRules } from '../../catalog/rules/index.ts';
import { rules } from './index.ts';

const page = await readFile(new URL('../../../../../docs/bundle-rules.md', import.meta.url), 'utf8');
const rows = [...page.matchAll(/^\| `([a-z0-9-]+)` +\| (error|warning) +\|(.*)\|$/gm)];

it('has every rule in docs/bundle-rules.md, in order, with its level', () => {
  const expected = [...rules, ...catalogRules].map(({ id, level }) => [id, level]);
  expect(rows.map(([, id, level]) => [id, level])).toEqual(expected);
  for (const [, id, , rest = ''] of rows)
    expect(
      rest.split(/(?<!\\)\|/).every((cell) => cell.trim() !== ''),
      id,
    ).toBe(true);
});

it('names each rule once', () => {
  const ids = [...rules, ...catalogRules].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
