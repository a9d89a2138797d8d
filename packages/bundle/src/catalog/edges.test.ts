import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { graphOf } from './channel-graph.ts';
import { edgesOf, type GivenEntry } from './edges.ts';
import type { EdgeMode } from './package-description.ts';
import { parseVersionRange } from './version-range.ts';
import { compareVersions, parseVersion } from './version.ts';

const entry = (version: string, more: Partial<GivenEntry> = {}): GivenEntry => ({
  name: `a.v${version}`,
  version: parseVersion(version),
  ...more,
});
const edges = (entries: readonly GivenEntry[], mode: EdgeMode) => edgesOf(entries, mode).map((made) => made.entry);

describe('edgesOf', () => {
  it('lets each version replace the one before it, pre-releases among them', () => {
    const versions = ['1.10.0', '1.2.0', '2.0.0-rc.1', '1.2.0-alpha', '2.0.0'];
    expect(
      edges(
        versions.map((version) => entry(version)),
        'replaces',
      ),
    ).toEqual([
      { name: 'a.v1.2.0-alpha' },
      { name: 'a.v1.2.0', replaces: 'a.v1.2.0-alpha' },
      { name: 'a.v1.10.0', replaces: 'a.v1.2.0' },
      { name: 'a.v2.0.0-rc.1', replaces: 'a.v1.10.0' },
      { name: 'a.v2.0.0', replaces: 'a.v2.0.0-rc.1' },
    ]);
  });

  it('says from where each entry comes', () => {
    expect(edgesOf([entry('2.0.0'), entry('1.0.0')], 'replaces').map(({ index }) => index)).toEqual([1, 0]);
  });

  it('passes over what is skipped', () => {
    const skipping = entry('1.0.2', { skips: ['a.v1.0.1', 'a.v0.9.0'] });
    expect(edges([entry('1.0.0'), entry('1.0.1'), skipping, entry('1.0.3')], 'replaces')).toEqual([
      { name: 'a.v1.0.0' },
      { name: 'a.v1.0.1', replaces: 'a.v1.0.0' },
      { name: 'a.v1.0.2', replaces: 'a.v1.0.0', skips: ['a.v1.0.1', 'a.v0.9.0'] },
      { name: 'a.v1.0.3', replaces: 'a.v1.0.2' },
    ]);
  });

  it('adds, for skipRange, all older versions of the channel', () => {
    expect(edges([entry('1.0.0'), entry('1.1.0'), entry('1.2.0', { skipRange: '<1.2.0' })], 'skipRange')).toEqual([
      { name: 'a.v1.0.0' },
      { name: 'a.v1.1.0', replaces: 'a.v1.0.0', skipRange: '>=1.0.0 <1.1.0' },
      { name: 'a.v1.2.0', replaces: 'a.v1.1.0', skipRange: '<1.2.0' },
    ]);
  });

  it('tells builds and releases of one version apart, and makes no range of them', () => {
    expect(edges([entry('1.0.0+2'), entry('1.0.0+1')], 'skipRange')).toEqual([
      { name: 'a.v1.0.0+1' },
      { name: 'a.v1.0.0+2', replaces: 'a.v1.0.0+1' },
    ]);
    const released = (release: string) => ({ name: `a-v1.0.0-${release}`, version: parseVersion('1.0.0'), release });
    expect(edges([released('10'), released('9')], 'replaces')).toEqual([
      { name: 'a-v1.0.0-9' },
      { name: 'a-v1.0.0-10', replaces: 'a-v1.0.0-9' },
    ]);
  });

  it('leaves given entries as they are, and those without a version at the end', () => {
    const given = [entry('2.0.0', { replaces: 'a.v0.1.0' }), entry('1.0.0')];
    expect(edges(given, 'given')).toEqual([{ name: 'a.v2.0.0', replaces: 'a.v0.1.0' }, { name: 'a.v1.0.0' }]);
    expect(edges([entry('none'), entry('1.0.0')], 'replaces').map(({ name }) => name)).toEqual(['a.v1.0.0', 'a.vnone']);
  });

  it('makes of any versions and skips a channel that OLM takes', () => {
    const part = fc.nat({ max: 3 });
    const pre = fc.constantFrom('', '-rc.1', '-rc.2');
    const version = fc.tuple(part, part, pre).map(([major, minor, tail]) => `${major}.${minor}.0${tail}`);
    const versions = fc.uniqueArray(version, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(versions, fc.boolean(), fc.infiniteStream(fc.nat({ max: 9 })), (texts, wide, numbers) => {
        const sorted = texts.toSorted((a, b) => compareVersions(parseVersion(a)!, parseVersion(b)!));
        // Each may skip some older ones.
        const entries = sorted.map((text, i) => {
          const skips = sorted.slice(0, i).filter(() => numbers.next().value === 0);
          return entry(text, { skips: skips.map((older) => `a.v${older}`) });
        });
        const made = edges(entries, wide ? 'skipRange' : 'replaces');
        expect(graphOf(made)).toEqual({ heads: [`a.v${sorted.at(-1)}`], cycle: [], stranded: [] });
        for (const { name, skipRange } of wide ? made.slice(1) : []) {
          const own = parseVersion(name.slice(3))!;
          const inside = (text: string) => parseVersionRange(skipRange!)!(parseVersion(text)!);
          for (const text of texts) expect(inside(text)).toBe(compareVersions(parseVersion(text)!, own) < 0);
        }
      }),
    );
  });
});
