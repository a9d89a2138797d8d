import { describe, expect, it } from 'vitest';
import { claimOf, isOurKind } from './claim.ts';

describe('claimOf', () => {
  it.each([
    ['ingot: image/v1\nname: x\n', 'image', 'v1'],
    ['# a comment\n\n---\ningot: image/v1\n', 'image', 'v1'],
    ['\uFEFFingot: solution/v9', 'solution', 'v9'],
    ['%YAML 1.2\n---\ningot: "image/v1" # first\n', 'image', 'v1'],
    ['{ "ingot": "image/v1", "name": "x" }', 'image', 'v1'],
    ['ingot: image\r\nname: x\r\n', 'image', ''],
    ['ingot:\n', '', ''],
  ])('reads the first key of %j', (text, kind, version) => {
    expect(claimOf(text)).toEqual({ kind, version });
  });
  it.each(['name: x\ningot: image/v1\n', 'ingots: image/v1\n', '', '# ingot: image/v1\n', 'x:\n  ingot: image/v1\n'])(
    'leaves %j alone',
    (text) => {
      expect(claimOf(text)).toBeUndefined();
    },
  );
  it('takes no time for a large file of another tool', () => {
    expect(claimOf('#'.repeat(5_000_000))).toBeUndefined();
    expect(claimOf(' \n'.repeat(1_000_000))).toBeUndefined();
  });
});

describe('isOurKind', () => {
  it.each(['image/v1', 'image/v9', 'image', 'iamge/v1', 'imageset/v1', ''])('takes "%s" for an image', (text) => {
    expect(isOurKind(claimOf(`ingot: ${text}`), 'image')).toBe(true);
  });
  it.each(['egami/v1', 'solution/v1', 'mould/v1'])('takes "%s" for none', (text) => {
    expect(isOurKind(claimOf(`ingot: ${text}`), 'image')).toBe(false);
  });
  it('takes nothing for one that claims nothing', () => {
    expect(isOurKind(undefined, 'image')).toBe(false);
  });
});
