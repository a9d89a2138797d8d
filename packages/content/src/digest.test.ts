import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { digestOf, hexOf, isDigest } from './digest.ts';

const empty = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

describe('digests', () => {
  it('are what sha256sum says', () => {
    const sum = execFileSync('sha256sum', { input: 'hello' }).toString().split(' ')[0];
    expect(digestOf(Buffer.from('hello'))).toBe(`sha256:${sum}`);
    expect(digestOf(new Uint8Array())).toBe(empty);
  });

  it.each([
    '',
    'sha256:',
    empty.slice(0, -1),
    `${empty}0`,
    `${empty}\n`,
    empty.toUpperCase(),
    empty.replace('sha256', 'sha512'),
    `sha256:${'../'.repeat(21)}a`,
    null,
    12,
  ])('%j is none', (text) => {
    expect(isDigest(text)).toBe(false);
    expect(() => hexOf(text as string)).toThrow(expect.objectContaining({ code: 'INGOT_DIGEST' }));
  });

  it('have 64 digits', () => {
    expect(isDigest(empty)).toBe(true);
    expect(hexOf(empty)).toBe(empty.slice(7));
  });
});
