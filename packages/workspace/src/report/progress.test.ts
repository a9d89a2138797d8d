import { describe, expect, it } from 'vitest';
import { progress } from './progress.ts';

function watch(isTTY: boolean, step: number) {
  let time = 0;
  const written: string[] = [];
  const stream = { isTTY, columns: 100, write: (text: string) => written.push(text) };
  const bar = progress({ label: 'packing x', total: 1000_000, stream, now: () => time });
  for (let i = 0; i < 100; i++) {
    time += step;
    bar.add(10_000);
  }
  bar.finish();
  return written;
}

describe('progress', () => {
  it('draws a bar with bytes, rate and time left on a terminal, and clears it', () => {
    const written = watch(true, 100);
    expect(written[49]).toBe('\r[##########----------] packing x: 50% 500 kB of 1.0 MB, 100 kB/s, 5.0 s left\u001b[K');
    expect(written.at(-1)).toBe('\r\u001b[K');
  });
  it('redraws at most ten times a second', () => {
    expect(watch(true, 10)).toHaveLength(11);
  });
  it('writes sparse plain lines elsewhere', () => {
    expect(watch(false, 1000)).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((tenth): unknown =>
        expect.stringMatching(new RegExp(`^packing x: ${tenth}0% .*, 10.0 kB/s, .* left\n$`)),
      ),
    );
    expect(watch(false, 100)).toHaveLength(2);
  });
  it('says nothing of a short job in a log', () => {
    expect(watch(false, 10)).toEqual([]);
  });
});
