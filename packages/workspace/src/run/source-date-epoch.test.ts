import { describe, expect, it } from 'vitest';
import { sourceDateEpoch } from './source-date-epoch.ts';

describe('sourceDateEpoch', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['0', 0],
    ['1700000000', 1_700_000_000],
    ['253402300799', 253_402_300_799],
  ])('reads %j', (text, expected) => {
    expect(sourceDateEpoch(text === undefined ? {} : { SOURCE_DATE_EPOCH: text })).toBe(expected);
  });
  it.each(['-1', '1.5', '1e3', ' 1', 'yesterday', '253402300800', '99999999999999999999'])('refuses %j', (text) => {
    expect(() => sourceDateEpoch({ SOURCE_DATE_EPOCH: text })).toThrow(
      expect.objectContaining({ code: 'INGOT_SOURCE_DATE_EPOCH' }),
    );
  });
});
