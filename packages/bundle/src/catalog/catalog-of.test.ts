import { describe, expect, it } from 'vitest';
import { catalogFiles, catalogText } from './catalog-files.ts';
import { sampleImage } from './test/sample-bundle.ts';
import { sampleCatalog } from './test/sample-catalog.ts';

describe('catalogOf', () => {
  it('takes channels, their bundles and the default one from the bundles', async () => {
    const { packages, channels } = await sampleCatalog({
      bundles: [
        { version: '0.2.0', channels: 'stable,alpha', defaultChannel: 'stable' },
        { version: '0.1.0', channels: 'alpha', defaultChannel: 'alpha' },
        { version: '1.0.0', package: 'other' },
      ],
    });
    expect(packages.map(({ blob }) => blob)).toEqual([
      { schema: 'olm.package', name: 'hello', defaultChannel: 'stable' },
    ]);
    expect(channels.map(({ blob }) => blob)).toEqual([
      {
        schema: 'olm.channel',
        name: 'alpha',
        package: 'hello',
        entries: [{ name: 'hello.v0.1.0' }, { name: 'hello.v0.2.0', replaces: 'hello.v0.1.0' }],
      },
      { schema: 'olm.channel', name: 'stable', package: 'hello', entries: [{ name: 'hello.v0.2.0' }] },
    ]);
  });

  it('takes them from catalog.yaml where they stand there', async () => {
    const { packages, channels, deprecations } = await sampleCatalog({
      packages: `- name: hello
  defaultChannel: fast
  description: Says hello.
  edges: skipRange
  channels:
    - name: fast
      entries: [{ bundle: project:b1 }, { name: hello.v0.1.0 }]
    - name: stable
  deprecations:
    - { bundle: hello.v0.1.0, message: too old }
    - { channel: stable, message: too slow }
    - { message: take another }`,
      bundles: [{ version: '0.1.0' }, { version: '0.2.0', channels: 'none' }],
    });
    expect(packages[0]?.blob).toMatchObject({ defaultChannel: 'fast', description: 'Says hello.' });
    expect(channels.map(({ blob }) => [blob.name, blob.entries])).toEqual([
      [
        'fast',
        [{ name: 'hello.v0.1.0' }, { name: 'hello.v0.2.0', replaces: 'hello.v0.1.0', skipRange: '>=0.1.0 <0.2.0' }],
      ],
      ['stable', [{ name: 'hello.v0.1.0' }]],
    ]);
    expect(channels[0]?.place('entries', 1, 'replaces')).toMatchObject({ line: 10, column: 19 });
    expect(deprecations[0]?.blob.entries).toEqual([
      { reference: { schema: 'olm.bundle', name: 'hello.v0.1.0' }, message: 'too old' },
      { reference: { schema: 'olm.channel', name: 'stable' }, message: 'too slow' },
      { reference: { schema: 'olm.package' }, message: 'take another' },
    ]);
  });

  it('takes the only channel as the default, where no bundle says one', async () => {
    const { packages } = await sampleCatalog({ bundles: [{ version: '0.1.0', channels: 'alpha' }] });
    expect(packages[0]?.blob.defaultChannel).toBe('alpha');
  });
});

describe('catalogFiles', () => {
  it('has a file for each package, as opm writes it', async () => {
    const catalog = await sampleCatalog({
      packages: '- { name: other }\n- { name: hello }',
      bundles: [{ version: '0.2.0' }, { version: '0.1.0' }, { version: '1.0.0', package: 'other' }],
    });
    const files = catalogFiles(catalog);
    expect(files.map(({ path }) => path)).toEqual(['configs/hello/catalog.json', 'configs/other/catalog.json']);
    const text = new TextDecoder().decode(files[0]!.content);
    expect(
      text.startsWith(`{
    "schema": "olm.package",
    "name": "hello",
    "defaultChannel": "stable"
}
{
    "schema": "olm.channel",
    "name": "stable",
    "package": "hello",
    "entries": [
        {
            "name": "hello.v0.1.0"
        },
        {
            "name": "hello.v0.2.0",
            "replaces": "hello.v0.1.0"
        }
    ]
}
{
    "schema": "olm.bundle",
    "name": "hello.v0.1.0",
    "package": "hello",
    "image": "${sampleImage('0.1.0')}",
    "properties": [
        {
            "type": "olm.gvk",
`),
    ).toBe(true);
    expect(text.endsWith('}\n')).toBe(true);
  });

  it('does not depend on the order in which bundles are listed', async () => {
    const bundles = [{ version: '0.1.0' }, { version: '0.2.0' }, { version: '0.10.0' }];
    const text = catalogText(await sampleCatalog({ bundles }));
    expect(catalogText(await sampleCatalog({ bundles: bundles.toReversed() }))).toBe(text);
  });
});
