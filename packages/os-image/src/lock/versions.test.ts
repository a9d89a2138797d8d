import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { referee } from '../../../../tools/referee.ts';
import { compareVersions } from './versions.ts';

const versions = [
  '1.0',
  '1.0-1',
  '1.0~rc1-1',
  '1.0+dfsg-1',
  '1:0.9',
  '1.10',
  '1.9',
  '1.0-1+b1',
  '1.0-1+deb12u1',
  '2',
  '1.0a',
  '1.0.',
  '0',
  '00',
  '1.0-1~bpo12+1',
  '6.1.0-40',
  '6.1.99-1',
  '1.0-a-2',
  '1.0~~',
  '1.0~',
];

describe('versions', () => {
  it('are ordered as dpkg orders them', () => {
    const dpkg = referee('dpkg');
    const pairs = versions.flatMap((a) => versions.map((b) => [a, b] as const));
    const script = pairs.map(
      ([a, b]) =>
        `${dpkg} --compare-versions '${a}' lt '${b}' && echo -1 || { ${dpkg} --compare-versions '${a}' eq '${b}' && echo 0 || echo 1; }`,
    );
    const expected = execFileSync('sh', ['-c', script.join('\n')], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map(Number);
    expect(pairs.map(([a, b]) => Math.sign(compareVersions(a, b)))).toEqual(expected);
  });
});
