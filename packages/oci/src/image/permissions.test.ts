import { describe, expect, it } from 'vitest';
import { parseMode, parseOwner } from './permissions.ts';

describe('parseMode', () => {
  it.each([
    ['0755', 0o755],
    ['755', 0o755],
    ['0o755', 0o755],
    ['4755', 0o4755],
    ['04755', 0o4755],
    ['0000', 0],
  ])('%s', (text, mode) => {
    expect(parseMode(text)).toBe(mode);
  });
  it.each(['75', '0788', '0x1ed', 'rwxr-xr-x', '493.0', '-755', ''])('refuses %j', (text) => {
    expect(() => parseMode(text)).toThrow(expect.objectContaining({ code: 'INGOT_FILE_VALUE' }));
  });
  it('is not there where nothing is written', () => {
    expect(parseMode(undefined)).toBeUndefined();
  });
});

describe('parseOwner', () => {
  it('reads uid:gid, and uid for both', () => {
    expect(parseOwner('65532:100')).toEqual({ uid: 65532, gid: 100 });
    expect(parseOwner('1000')).toEqual({ uid: 1000, gid: 1000 });
    expect(parseOwner(undefined)).toEqual({ uid: 0, gid: 0 });
  });
  it.each(['root', '1:', ':1', '1:2:3', '-1', '4294967295', '1:99999999999'])('refuses %j', (text) => {
    expect(() => parseOwner(text)).toThrow(expect.objectContaining({ code: 'INGOT_FILE_VALUE' }));
  });
});
