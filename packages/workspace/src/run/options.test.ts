import { describe, expect, it } from 'vitest';
import { checkOptions } from './options.ts';

describe('checkOptions', () => {
  const known = { format: ['oci', 'dir'], output: undefined };
  it('accepts what it knows, and what Nx adds', () => {
    expect(() =>
      checkOptions({ format: 'oci', output: 3, __overrides_unparsed__: [], verbose: true }, known),
    ).not.toThrow();
    expect(() => checkOptions({ format: undefined }, known)).not.toThrow();
  });
  it('names the nearest of an unknown option', () => {
    expect(() => checkOptions({ outptu: 'x' }, known)).toThrow('unknown option "outptu"; did you mean "output"?');
  });
  it('refuses a value that is none of a few', () => {
    expect(() => checkOptions({ format: 'tar' }, known)).toThrow('format: "tar" is none of oci, dir');
  });
});
