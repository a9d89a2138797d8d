import { describe, expect, it } from 'vitest';
import { steadyLine } from './builder-log.ts';

describe('a line of a log that is part of the output', () => {
  it.each([
    ['Get:12 http://deb.debian.org/debian bookworm/main amd64 Packages [8,790 kB]', undefined],
    ['Fetched 8,790 kB in 3s (2,930 kB/s)', undefined],
    ['(Reading database ... 55%', undefined],
    ['I: success in 26.4032 seconds', 'I: success'],
    [
      'I: using /var/tmp/ingot-rootfs-17-4026531836-a1B2c3/mmdebstrap.LaqAVi_hvn as tempdir',
      'I: using <temporary> as tempdir',
    ],
    ['copying /w/dist/.ingot-123-0123456789abcdef/.build/x', 'copying /w/dist/<temporary>/.build/x'],
    ['#12 3.456 Setting up adduser', '#12 Setting up adduser'],
    ['#12 DONE 0.3s', '#12 DONE'],
    ['E: Unable to locate package toool', 'E: Unable to locate package toool'],
    ['Err:3 http://x bookworm InRelease', 'Err:3 http://x bookworm InRelease'],
  ])('%s', (line, steady) => {
    expect(steadyLine(line)).toBe(steady);
  });
});
