import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareJoliet, jolietNames } from './joliet-names.ts';
import { comparePrimary, primaryNames } from './primary-names.ts';
import type { Named, NameScheme } from './unique-names.ts';
import { uniqueNames } from './unique-names.ts';

function namesOf(scheme: NameScheme, names: readonly string[], type: Named['type'] = 'file'): Map<string, string> {
  const sorted = [...names].sort();
  const unique = uniqueNames(
    sorted.map((name) => ({ name, type })),
    scheme,
  );
  return new Map(sorted.map((name, index) => [name, unique[index] ?? '']));
}

describe('names of the primary tree', () => {
  it.each([
    ['manifest.yaml', 'MANIFEST.YAML'],
    ['README', 'README.'],
    ['a.tar.gz', 'A_TAR.GZ'],
    ['.profile', '_PROFILE.'],
    ['0.1.0', '0_1.0'],
    ['ünï-😀', '_N___.'],
    ['x'.repeat(30), `${'X'.repeat(30)}.`],
  ])('%s becomes %s', (name, expected) => {
    expect(namesOf(primaryNames, [name]).get(name)).toBe(expected);
  });

  it('a directory has no extension', () => {
    expect(namesOf(primaryNames, ['0.1.0'], 'directory').get('0.1.0')).toBe('0_1_0.');
  });

  it('keeps manifest.yaml, whatever else wants its name', () => {
    const names = namesOf(primaryNames, ['MANIFEST.YAML', 'Manifest.yaml', 'manifest.yaml', 'manifest.yam\u00ef']);
    expect(names.get('manifest.yaml')).toBe('MANIFEST.YAML');
    expect(new Set(names.values()).size).toBe(4);
  });

  it('sorts by name, then by extension, as if both were filled with spaces', () => {
    const sorted = ['A.', 'A.0', 'A.B', 'A.BA', 'A0.', 'AB.A', 'A_.A', 'B.'];
    expect(sorted.toReversed().sort(comparePrimary)).toEqual(sorted);
  });
});

describe('names of the Joliet tree', () => {
  it('keeps what it can and replaces the rest', () => {
    const names = namesOf(jolietNames, ['ünï 日本.txt', 'a:b;c?d*e\\f', 'smile😀', 'x'.repeat(103)]);
    expect([...names.values()].sort()).toEqual(['a_b_c_d_e_f', 'smile_', 'x'.repeat(103), 'ünï 日本.txt'].sort());
  });

  it('shortens to 103 characters, the extension kept', () => {
    expect(
      namesOf(jolietNames, [`${'x'.repeat(200)}.tar.gz`])
        .values()
        .next().value,
    ).toMatch(/^x{91}_[0-9A-F]{8}\.gz$/);
  });

  it('sorts by name, then by extension, as if both were filled with zeros', () => {
    const sorted = ['a', 'a.b', 'a b', 'a-b.c', 'ab.c'];
    expect(sorted.toReversed().sort(compareJoliet)).toEqual(sorted);
  });
});

it('two names whose hashes are equal get different suffixes', () => {
  const scheme: NameScheme = {
    plain: () => undefined,
    suffixed: (_, __, suffix) => suffix.slice(0, 1),
    owns: () => false,
  };
  const names = Array.from({ length: 12 }, (_, i) => `name ${i}`);
  expect(new Set(namesOf(scheme, names).values()).size).toBe(12);
});

describe.each([
  ['primary', primaryNames],
  ['Joliet', jolietNames],
])('%s names', (_, scheme) => {
  const name = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'abAB._-:'), minLength: 1, maxLength: 4 }),
    fc.string({ unit: fc.constantFrom('long', 'é', '.'), minLength: 20, maxLength: 50 }),
  );
  const several = fc.uniqueArray(name, { minLength: 1, maxLength: 40 });

  it('are unique', () => {
    fc.assert(
      fc.property(several, (names) => new Set(namesOf(scheme, names).values()).size === names.length),
      { seed: 2, numRuns: 500 },
    );
  });

  it('do not change when something of another plain form is added', () => {
    fc.assert(
      fc.property(several, name, (names, added) => {
        const before = namesOf(scheme, names);
        const after = namesOf(scheme, [...names, added]);
        for (const [each, form] of before) {
          if (scheme.plain(each, false) !== scheme.plain(added, false)) expect(after.get(each)).toBe(form);
        }
      }),
      { seed: 3, numRuns: 500 },
    );
  });
});
