import { describe, expect, it } from 'vitest';

import type { Plan } from '../plan/plan.ts';
import { bytesShared, packSummary } from './summary.ts';

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const files = [
  { path: 'a', digest: digest('a'), size: 1000 },
  { path: 'b', digest: digest('a'), size: 1000 },
  { path: 'c', digest: digest('c'), size: 10 },
  { path: 'd', digest: digest('a'), size: 1000 },
];
const plan = {
  images: [
    { name: 'tool', tag: '1.0.0', aliases: ['stable'], digest: digest('a'), source: 'project:tool', size: 2000 },
    { name: 'ui', tag: '2', aliases: [], digest: digest('a'), source: 'project:ui', size: 3000 },
  ],
  files,
} as unknown as Plan;
const result = {
  ingot: 'pack-result/v1',
  file: 'x.iso',
  size: 4096,
  sha256: 'f'.repeat(64),
  plan: digest('e'),
  mediaCheck: false,
} as const;

describe('bytesShared', () => {
  it('counts each content once', () => {
    expect(bytesShared({ files })).toBe(2000);
    expect(bytesShared({ files: [] })).toBe(0);
  });
});

describe('packSummary', () => {
  it('says path, size, SHA-256, images with sizes, bytes saved, time', () => {
    const text = packSummary(plan, { file: 'dist/x.iso', result, written: true, replaced: [] }, 1500);
    expect(text.split('\n')).toEqual([
      'packed dist/x.iso',
      expect.stringContaining('(4096 bytes)'),
      `  sha256  ${'f'.repeat(64)}`,
      expect.stringMatching(/tool:1\.0\.0, stable {2}2\S* kB/),
      expect.stringMatching(/ui:2 {16}3\S* kB/),
      expect.stringMatching(/saved +2\S* kB/),
      expect.stringMatching(/time +1\.5 s/),
    ]);
  });

  it('says so where there was nothing to do, and names what it found damaged', () => {
    const text = packSummary(plan, { file: 'dist/x.iso', result, written: false, replaced: [digest('b')] }, 1);
    expect(text).toMatch(/^dist\/x\.iso is up to date\n/);
    expect(text).toContain(`warning ${digest('b')} was damaged`);
  });
});
