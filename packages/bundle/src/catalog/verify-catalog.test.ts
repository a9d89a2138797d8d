import { formatError } from '@ingot/workspace';
import { describe, expect, it } from 'vitest';
import type { CatalogBundle } from './blobs.ts';
import { catalogErrors, catalogProblems } from './graph.ts';
import type { RenderedBundle } from './render-bundle.ts';
import { catalogRules } from './rules/index.ts';
import { sampleBundle, type SampleBundle } from './test/sample-bundle.ts';
import { sampleCatalog, type SampleCatalog } from './test/sample-catalog.ts';
import { verifyCatalog } from './verify-catalog.ts';

/** What does not hold, as `level rule line:column message`. */
async function problems(sample: SampleCatalog): Promise<string[]> {
  return catalogProblems(await sampleCatalog(sample)).map(
    ({ level, rule, place, message }) => `${level} ${rule.id} ${place?.line}:${place?.column} ${message}`,
  );
}

const versions = (...texts: string[]): SampleBundle[] => texts.map((version) => ({ version }));

function changed(bundle: SampleBundle, blob: Partial<CatalogBundle>): RenderedBundle {
  const rendered = sampleBundle(bundle);
  return { ...rendered, blob: { ...rendered.blob, ...blob } };
}

const given = (entries: string) =>
  `- name: hello\n  edges: given\n  channels:\n    - name: stable\n      entries:\n${entries.replace(/^/gm, '        - ')}`;

describe('a sound catalog', () => {
  it('breaks no rule', async () => {
    const catalog = await sampleCatalog({ bundles: versions('0.1.0', '0.2.0', '0.10.0') });
    expect(verifyCatalog(catalog)).toEqual(
      catalogRules.map(({ id, holds }) => ({ rule: id, level: 'ok', message: holds })),
    );
  });

  it.each([
    '{ name: hello.v0.1.0 }\n{ name: hello.v0.2.0, skips: [hello.v0.1.0], skipRange: "<0.2.0" }',
    '{ name: hello.v0.2.0, replaces: hello.v0.1.0 }\n{ name: hello.v0.1.0, skips: [hello.v0.0.1] }',
    '{ name: hello.v0.2.0, replaces: hello.v0.1.0, skips: [hello.v0.1.0] }\n{ name: hello.v0.1.0 }',
  ])('may say its upgrades itself: %j', async (entries) => {
    expect(await problems({ packages: given(entries), bundles: versions('0.1.0', '0.2.0') })).toEqual([]);
  });
});

describe('a catalog is refused', () => {
  it.each<[string, SampleCatalog]>([
    [
      'error catalog-package 6:5 the package "hello" is there twice',
      {
        packages:
          '- { name: hello, channels: [{ name: stable }] }\n- \n  name: hello\n  channels: [{ name: b, entries: [{ name: hello.v1.0.0 }] }]',
        bundles: versions('1.0.0'),
      },
    ],
    [
      'error catalog-default-channel 4:5 nothing says which channel of "hello" is the default: alpha, stable',
      { bundles: [{ version: '1.0.0', channels: 'stable,alpha' }] },
    ],
    ['error catalog-default-channel 4:7 "hello" has no channel', { bundles: [{ version: '1.0.0', package: 'other' }] }],
    [
      'error catalog-default-channel 4:20 "hello" has no channel "stabel"; did you mean "stable"?',
      { packages: '- { name: hello, defaultChannel: stabel }', bundles: versions('1.0.0') },
    ],
    [
      'error catalog-deprecation 4:35 "hello" has no bundle "hello.v2.0.0"; did you mean "hello.v1.0.0"?',
      {
        packages: '- { name: hello, deprecations: [{ bundle: hello.v2.0.0, message: a }] }',
        bundles: versions('1.0.0'),
      },
    ],
    [
      'error catalog-deprecation 4:35 "hello" has no channel "beta"',
      { packages: '- { name: hello, deprecations: [{ channel: beta, message: a }] }', bundles: versions('1.0.0') },
    ],
    [
      'error catalog-deprecation 4:51 the deprecation of olm.package is there twice',
      { packages: '- { name: hello, deprecations: [{ message: a }, { message: b }] }', bundles: versions('1.0.0') },
    ],
    [
      'error catalog-channel 4:51 "hello" has the channel "stable" twice',
      { packages: '- { name: hello, channels: [{ name: stable }, { name: stable }] }', bundles: versions('1.0.0') },
    ],
    [
      'error catalog-channel 4:51 the channel "beta" has no bundle',
      {
        packages: '- { name: hello, channels: [{ name: stable }, { name: beta }] }',
        bundles: [{ version: '1.0.0', defaultChannel: 'stable' }],
      },
    ],
    [
      'warning catalog-channel-name 4:7 no ClusterExtension can name the channel "v1_stable"',
      { bundles: [{ version: '1.0.0', channels: 'v1_stable' }] },
    ],
    [
      'error catalog-entry 10:13 the catalog has no bundle "hello.v0.3.0" of "hello"; did you mean "hello.v0.1.0"?',
      {
        packages: given('{ name: hello.v0.1.0, skips: [hello.v0.3.0] }\n{ name: hello.v0.3.0 }'),
        bundles: versions('0.1.0'),
      },
    ],
    [
      'error catalog-entry 10:13 the channel "stable" has "hello.v0.1.0" twice',
      { packages: given('{ name: hello.v0.1.0 }\n{ bundle: project:b0 }'), bundles: versions('0.1.0') },
    ],
    [
      'error catalog-skips 9:35 "^1.0.0" is no range of versions',
      { packages: given('{ name: hello.v0.1.0, skipRange: "^1.0.0" }'), bundles: versions('0.1.0') },
    ],
    [
      'error catalog-head 10:13 the channel "stable" has several bundles that nothing replaces: hello.v0.1.0, hello.v0.2.0',
      { packages: given('{ name: hello.v0.1.0 }\n{ name: hello.v0.2.0 }'), bundles: versions('0.1.0', '0.2.0') },
    ],
    [
      'error catalog-head 7:9 each bundle of the channel "stable" is replaced or skipped by another',
      {
        packages: given('{ name: hello.v0.1.0, skips: [hello.v0.2.0] }\n{ name: hello.v0.2.0, skips: [hello.v0.1.0] }'),
        bundles: versions('0.1.0', '0.2.0'),
      },
    ],
    [
      'error catalog-cycle 10:35 in the channel "stable" upgrades go round in a circle: hello.v0.1.0 → hello.v0.2.0 → hello.v0.1.0',
      {
        packages: given(
          '{ name: hello.v0.1.0, replaces: hello.v0.2.0 }\n{ name: hello.v0.2.0, replaces: hello.v0.1.0 }\n{ name: hello.v0.3.0, replaces: hello.v0.1.0 }',
        ),
        bundles: versions('0.1.0', '0.2.0', '0.3.0'),
      },
    ],
    [
      'error catalog-cycle 9:35 in the channel "stable" upgrades go round in a circle: hello.v0.1.0 → hello.v0.1.0',
      { packages: given('{ name: hello.v0.1.0, replaces: hello.v0.1.0 }'), bundles: versions('0.1.0') },
    ],
    [
      'error catalog-stranded 9:13 nothing leads from "hello.v0.1.0" to "hello.v0.3.0", the newest of the channel "stable"',
      {
        packages: given(
          '{ name: hello.v0.1.0 }\n{ name: hello.v0.2.0, replaces: hello.v0.1.0 }\n{ name: hello.v0.3.0, replaces: hello.v0.2.0, skips: [hello.v0.2.0] }',
        ),
        bundles: versions('0.1.0', '0.2.0', '0.3.0'),
      },
    ],
    [
      'warning catalog-replaced 9:35 "hello.v0.1.0" replaces "hello.v0.0.9", which the channel "stable" does not have',
      { packages: given('{ name: hello.v0.1.0, replaces: hello.v0.0.9 }'), bundles: versions('0.1.0') },
    ],
    [
      'warning catalog-order 9:35 "hello.v0.1.0" replaces "hello.v0.2.0", which is newer',
      {
        packages: given('{ name: hello.v0.1.0, replaces: hello.v0.2.0 }\n{ name: hello.v0.2.0 }'),
        bundles: versions('0.1.0', '0.2.0'),
      },
    ],
    [
      'error catalog-bundle 7:5 "hallo.v1.0.0" is of the package "hallo", which the catalog does not have; did you mean "hello"?',
      { bundles: [{ version: '1.0.0' }, { version: '1.0.0', package: 'hallo' }] },
    ],
    [
      'error catalog-bundle 7:5 "hello.v1.1.0" is in no channel of "hello"',
      {
        packages: '- { name: hello, channels: [{ name: stable }] }',
        bundles: [{ version: '1.0.0' }, { version: '1.1.0', channels: 'beta' }],
      },
    ],
    ['error catalog-bundle 7:5 "hello" has the bundle "hello.v1.0.0" twice', { bundles: versions('1.0.0', '1.0.0') }],
    [
      'error catalog-bundle-name 6:5 "Hello" cannot name a bundle',
      { bundles: [changed({ version: '1.0.0' }, { name: 'Hello' })] },
    ],
    [
      'error catalog-bundle-package 6:5 "hello.v1.0.0" has 0 properties of the type olm.package, and must have one',
      { bundles: [changed({ version: '1.0.0' }, { properties: [] })] },
    ],
    [
      'error catalog-bundle-package 6:5 "hello.vv1" has the version "v1", which is none of semver.org: 1.2.3',
      { bundles: versions('v1') },
    ],
    [
      'error catalog-bundle-package 6:5 "hello.v1.0.0" is listed under "hello", and says that it is of "other"',
      {
        bundles: [
          changed(
            { version: '1.0.0' },
            { properties: [{ type: 'olm.package', value: { packageName: 'other', version: '1.0.0' } }] },
          ),
        ],
      },
    ],
    [
      'error catalog-bundle-package 6:5 "hello.v1.0.0" has a release, and must then be called hello-v1.0.0-2',
      { bundles: [{ version: '1.0.0', spec: '  release: 2\n' }] },
    ],
    [
      'error catalog-versions 7:5 "other" has the version 1.0.0, which another bundle has too',
      { bundles: [{ version: '1.0.0' }, changed({ version: '1.0.0' }, { name: 'other' })] },
    ],
    [
      'error catalog-image 6:5 "hello:1.0" is no image with its registry',
      { bundles: [changed({ version: '1.0.0' }, { image: 'hello:1.0' })] },
    ],
    [
      'warning catalog-image 6:5 "registry.example/hello:1.0" is a tag, which can be moved',
      { bundles: [changed({ version: '1.0.0' }, { image: 'registry.example/hello:1.0' })] },
    ],
    [
      'error catalog-image 6:5 "hello.v1.0.0" relates to "A B", which is no image',
      { bundles: [changed({ version: '1.0.0' }, { relatedImages: [{ name: '', image: 'A B' }] })] },
    ],
    [
      'warning catalog-dependencies 6:5 "hello.v1.0.0" has dependencies: olm.gvk.required',
      { bundles: [{ version: '1.0.0', spec: '    required: [{ name: a.b.c, version: v1, kind: A }]\n' }] },
    ],
  ])('%s', async (problem, sample) => {
    expect(await problems(sample)).toContain(problem);
  });

  it('for a release only where the name and the version go with it', async () => {
    const released = (version: string, release: string, name: string) =>
      changed(
        { version },
        { name, properties: [{ type: 'olm.package', value: { packageName: 'hello', version, release } }] },
      );
    expect(await problems({ bundles: [released('1.0.0', '1', 'hello-v1.0.0-1')] })).toEqual([]);
    expect(await problems({ bundles: [released('1.0.0+b', '01', 'hello')] })).toEqual([
      'error catalog-bundle-package 6:5 "hello" has the release "01", which is no part of a version up to 20 characters',
      'error catalog-bundle-package 6:5 "hello" has a release and, in its version 1.0.0+b, build metadata',
      'error catalog-bundle-package 6:5 "hello" has a release, and must then be called hello-v1.0.0+b-01',
    ]);
  });
});

describe('verifyCatalog', () => {
  it('tells twenty places of a rule, and counts the rest', async () => {
    const bundles = Array.from({ length: 25 }, (_, i) => changed({ version: `1.0.${i}` }, { image: 'a' }));
    const findings = verifyCatalog(await sampleCatalog({ bundles })).filter(({ rule }) => rule === 'catalog-image');
    expect(findings).toHaveLength(21);
    expect(findings[0]).toMatchObject({ level: 'error', path: expect.stringMatching(/catalog\.yaml:6:5$/) as string });
    expect(findings[0]!.message).toBe(`${findings[0]!.path}: "a" is no image with its registry`);
    expect(findings[20]).toMatchObject({ level: 'error', message: 'and 5 more of this kind' });
  });
});

describe('catalogErrors', () => {
  it('are what stops a build, with their places', async () => {
    const bundles = [changed({ version: '1.0.0', channels: 'a_b' }, { image: 'a' })];
    const errors = catalogErrors(await sampleCatalog({ bundles }));
    expect(errors.map((error) => formatError(error))).toEqual([
      expect.stringMatching(
        /catalog\.yaml:6:5 {2}INGOT_CATALOG_INVALID {2}"a" is no image with its registry\n {2}help: Name/,
      ),
    ]);
  });
});
