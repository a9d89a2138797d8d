import { parseProjectFile } from '@ingot/workspace';
import { describe, expect, it } from 'vitest';

import { ContentError } from '@ingot/content';

import { Checks } from './checks.ts';
import type { SolutionFile } from './solution-file.ts';

const text = 'ingot: solution/v1\nname: x\nimages:\n  - from: a\n  - from: b\noperator: { image: c }\n';
const file = parseProjectFile<SolutionFile>({ text, file: 'p/solution.yaml', kind: 'solution/v1', schema: {} })!;
const images = [
  { name: 'a', tag: '1', aliases: ['stable'] },
  { name: 'b', tag: '1', aliases: [] },
  { name: 'b', tag: '2', aliases: [] },
];

/** What `finish` throws, in its order. */
function thrown(check: Checks): unknown[] {
  try {
    check.finish();
    return [];
  } catch (error) {
    return error instanceof AggregateError ? error.errors : [error];
  }
}

describe('Checks', () => {
  it('throws nothing where nothing is wrong', () => {
    expect(thrown(new Checks(file))).toEqual([]);
  });

  it('tells all, in the order of the file, other files last', () => {
    const check = new Checks(file);
    const problem = { code: 'INGOT_X', message: 'm', help: 'h' } as const;
    check.inFile('p/role.yaml', { ...problem, line: 1, column: 2 });
    check.problem(['operator', 'image'], problem);
    check.at(['images', 0, 'from'], [problem, problem]);
    expect(thrown(check).map((error) => (error as { place: unknown }).place)).toEqual([
      { file: 'p/solution.yaml', line: 4, column: 5 },
      { file: 'p/solution.yaml', line: 4, column: 5 },
      { file: 'p/solution.yaml', line: 6, column: 13 },
      { file: 'p/role.yaml', line: 1, column: 2 },
    ]);
  });

  it.each([
    ['a', 'a'],
    ['a:stable', 'a'],
    ['b:2', 'b'],
  ])('finds the image that %s names', (wanted, name) => {
    const check = new Checks(file);
    expect(check.image(['operator', 'image'], wanted, images)?.name).toBe(name);
    expect(thrown(check)).toEqual([]);
  });

  it.each([
    ['b', 'INGOT_IMAGE_AMBIGUOUS', 'b:1, b:2'],
    ['c', 'INGOT_IMAGE_UNKNOWN', 'a, b, b'],
    ['a:2', 'INGOT_IMAGE_UNKNOWN', 'a, b, b'],
  ])('does not guess what %s names', (wanted, code, help) => {
    const check = new Checks(file);
    expect(check.image(['operator', 'image'], wanted, images)).toBeUndefined();
    expect(thrown(check)).toEqual([expect.objectContaining({ code, help: expect.stringContaining(help) as string })]);
  });

  it('gives errors of the libraries a place, and lets those that nobody foresaw through', async () => {
    const check = new Checks(file);
    const error = new ContentError('INGOT_LAYOUT', 'm', { help: 'h', digest: 'd' });
    const path = ['images', 1, 'from'];
    expect(check.attempt(path, () => 7)).toBe(7);
    expect(
      check.attempt(path, () => {
        throw error;
      }),
    ).toBeUndefined();
    await check.attemptAsync(path, () => Promise.reject(error));
    const expected = { code: 'INGOT_LAYOUT', message: 'm', help: 'h', digest: 'd', place: { line: 5, column: 5 } };
    expect(thrown(check)).toMatchObject([expected, expected]);
    await expect(check.attemptAsync(path, () => Promise.reject(new TypeError('oh')))).rejects.toThrow(TypeError);
  });

  it('keeps the tag by which operator or ui names an image', () => {
    const check = new Checks(file);
    expect(check.image(['operator', 'image'], 'a:stable', images)).toEqual({ name: 'a', tag: 'stable' });
    expect(check.image(['operator', 'image'], 'a', images)).toEqual({ name: 'a', tag: '1' });
  });
});
