import { describe, expect, it } from 'vitest';
import { formatBytes, formatDuration } from './format-bytes.ts';

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [1540, '1.5 kB'],
    [99_960, '100 kB'],
    [999_600, '1.0 MB'],
    [20_000_000, '20.0 MB'],
    [5_368_709_120, '5.4 GB'],
  ])('%d', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe('formatDuration', () => {
  it.each([
    [0.2, '0 ms'],
    [340, '340 ms'],
    [1234, '1.2 s'],
    [59_990, '1 min 00 s'],
    [125_000, '2 min 05 s'],
    [3_720_000, '1 h 02 min'],
  ])('%d', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });
});
