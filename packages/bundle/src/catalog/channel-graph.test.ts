import { describe, expect, it } from 'vitest';
import type { ChannelEntry } from './blobs.ts';
import { graphOf } from './channel-graph.ts';

const entry = (name: string, replaces?: string, ...skips: readonly string[]): ChannelEntry => ({
  name,
  ...(replaces === undefined ? {} : { replaces }),
  skips,
});

/** Cases of TestValidReplacesChain in alpha/model/model_test.go of operator-registry, with names of their own. */
describe('graphOf', () => {
  it('passes a chain whose older part is skipped', () => {
    const entries = [entry('a'), entry('b', undefined, 'a'), entry('c', undefined, 'b'), entry('d', 'c')];
    expect(graphOf(entries)).toEqual({ heads: ['d'], cycle: [], stranded: [] });
  });

  it('passes a channel whose oldest bundle replaces one that is not there', () => {
    expect(graphOf([entry('b', 'a'), entry('c', 'b')])).toEqual({ heads: ['c'], cycle: [], stranded: [] });
  });

  it('sees a bundle that replaces itself', () => {
    expect(graphOf([entry('a', 'a'), entry('b', 'a')])).toEqual({ heads: ['b'], cycle: ['a', 'a'], stranded: [] });
  });

  it('sees a circle of several', () => {
    const entries = [entry('a', 'c'), entry('b', 'a'), entry('c', 'b'), entry('d', 'c')];
    expect(graphOf(entries)).toEqual({ heads: ['d'], cycle: ['c', 'b', 'a', 'c'], stranded: [] });
    expect(graphOf(entries.slice(0, 3)).heads).toEqual([]);
    expect(graphOf(entries.slice(0, 3)).cycle).toEqual(['a', 'c', 'b', 'a']);
  });

  it('sees who is stranded behind a bundle that is skipped', () => {
    const skipping = [entry('a'), entry('b', 'a'), entry('c', undefined, 'b')];
    expect(graphOf(skipping)).toEqual({ heads: ['c'], cycle: [], stranded: ['a'] });
    const both = [entry('a'), entry('b', 'a'), entry('c', 'b', 'b')];
    expect(graphOf(both)).toEqual({ heads: ['c'], cycle: [], stranded: ['a'] });
  });

  it('sees several heads, and none', () => {
    expect(graphOf([entry('a'), entry('b'), entry('c', 'a')])).toEqual({ heads: ['b', 'c'], cycle: [], stranded: [] });
    expect(graphOf([entry('a', undefined, 'b'), entry('b', undefined, 'a')]).heads).toEqual([]);
    expect(graphOf([])).toEqual({ heads: [], cycle: [], stranded: [] });
  });
});
