import { describe, expect, it } from 'vitest';
import { IsoError } from '../error.ts';
import { longDate, shortDate, text, u16, u32, u8, ucs2 } from './field.ts';

const seconds = (iso: string) => Date.parse(iso) / 1000;

describe('fields', () => {
  it('are little-endian numbers', () => {
    const bytes = Uint8Array.of(1, 2, 3, 0xff);
    expect([u8(bytes, 3), u16(bytes, 1), u32(bytes, 0)]).toEqual([0xff, 0x0302, 0xff030201]);
  });

  it('never lie outside their record', () => {
    for (const read of [u8, u16, u32]) {
      expect(() => read(new Uint8Array(3), 3)).toThrow(IsoError);
      expect(() => read(new Uint8Array(3), -1)).toThrow(IsoError);
    }
    expect(() => u32(new Uint8Array(3), 0)).toThrow(IsoError);
  });

  it('are texts, UTF-8 or else one character a byte', () => {
    expect(text(Buffer.from('größe 日本'))).toBe('größe 日本');
    expect(text(Buffer.from('\ufeffx'))).toBe('\ufeffx');
    expect(text(Buffer.from('größe', 'latin1'))).toBe('größe');
    expect(ucs2(Uint8Array.of(0, 0x41, 0x65, 0xe5, 0))).toBe('A日');
  });
});

describe('dates of seven bytes (ECMA-119 §9.1.5)', () => {
  it('count quarters of an hour from Greenwich', () => {
    expect(shortDate(Uint8Array.of(124, 2, 29, 12, 30, 15, 0), 0)).toBe(seconds('2024-02-29T12:30:15Z'));
    expect(shortDate(Uint8Array.of(124, 2, 29, 12, 30, 15, 8), 0)).toBe(seconds('2024-02-29T12:30:15+02:00'));
    expect(shortDate(Uint8Array.of(124, 2, 29, 12, 30, 15, 0xec), 0)).toBe(seconds('2024-02-29T12:30:15-05:00'));
  });

  it('are unset when they are no date', () => {
    expect(shortDate(new Uint8Array(7), 0)).toBeUndefined();
    expect(shortDate(Uint8Array.of(124, 13, 1, 0, 0, 0, 0), 0)).toBeUndefined();
    expect(shortDate(Uint8Array.of(124, 1, 32, 0, 0, 0, 0), 0)).toBeUndefined();
  });
});

describe('dates of seventeen bytes (ECMA-119 §8.4.26.1)', () => {
  const date = (digits: string, offset = 0) => longDate(Buffer.concat([Buffer.from(digits), Buffer.from([offset])]), 0);

  it('are digits and an offset', () => {
    expect(date('2024022912301599')).toBe(seconds('2024-02-29T12:30:15Z'));
    expect(date('2024022912301500', 8)).toBe(seconds('2024-02-29T12:30:15+02:00'));
    expect(date('0050010100000000')).toBe(seconds('0050-01-01T00:00:00Z'));
  });

  it('are unset when they are no date', () => {
    for (const digits of ['0000000000000000', '\0'.repeat(16), '2024130112301500', '                ', '2024']) {
      expect(date(digits)).toBeUndefined();
    }
  });
});
