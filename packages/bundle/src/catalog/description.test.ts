import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatError } from '@ingot/workspace';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCatalogFile } from './description.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-catalog-file-'));
});
afterAll(() => rm(folder, { recursive: true }));

const head = 'ingot: catalog/v1\nname: team/hello_catalog\nversion: 1.0\n';
const rest = 'packages: [{ name: hello }]\nbundles: [project:hello]\n';

async function read(text: string) {
  await writeFile(join(folder, 'catalog.yaml'), text);
  return readCatalogFile(join(folder, 'catalog.yaml'));
}

async function refused(text: string): Promise<string> {
  const error: unknown = await read(text).then(
    () => new Error('nothing was wrong'),
    (thrown: unknown) => thrown,
  );
  return formatError(error, { cwd: folder });
}

describe('readCatalogFile', () => {
  it('needs a package and a bundle', async () => {
    expect(await read(head + rest)).toMatchObject({
      name: 'team/hello_catalog',
      version: '1.0',
      packages: [{ name: 'hello', edges: 'replaces', channels: undefined, deprecations: [], icon: undefined }],
      bundles: [{ text: 'project:hello', source: { transport: 'project', name: 'hello' }, repository: undefined }],
      labels: {},
      repositories: [],
      deploy: { catalog: { name: 'hello-catalog' }, extension: undefined },
    });
  });

  it('reads all that may be said', async () => {
    const described = await read(`${head}packages:
  - name: hello
    defaultChannel: stable
    description: Says hello.
    icon: icons/hello.svg
    edges: given
    channels:
      - name: stable
        entries:
          - { bundle: project:hello }
          - { name: hello.v2.0.0, replaces: hello.v1.0.0, skips: [hello.v1.0.1], skipRange: '<2.0.0' }
    deprecations:
      - { channel: alpha, message: use stable }
bundles:
  - project:hello
  - docker://registry.example/hello@sha256:${'a'.repeat(64)}
  - { from: 'oci:old:1.0', repository: registry.example/hello }
labels: { a: 1.10 }
annotations: { b: yes }
repository: [registry.example/a, b]
tags: [latest]
deploy:
  catalogName: hello
  priority: 5
  extension: { name: hi, namespace: hello-system, serviceAccount: installer, channels: [stable], version: 1.10 }
`);
    expect(described).toMatchObject({
      packages: [
        { channels: [{ name: 'stable', entries: [{ bundle: 'project:hello' }, { skips: ['hello.v1.0.1'] }] }] },
      ],
      bundles: [{}, { source: { transport: 'docker' } }, { repository: 'registry.example/hello' }],
      labels: { a: '1.10' },
      annotations: { b: 'yes' },
      repositories: ['registry.example/a', 'b'],
      deploy: {
        catalog: { name: 'hello', priority: 5 },
        extension: {
          name: 'hi',
          package: 'hello',
          namespace: 'hello-system',
          serviceAccount: 'installer',
          channels: ['stable'],
          version: '1.10',
          catalog: 'hello',
        },
      },
    });
    expect(described.place(['packages', 0, 'channels', 0, 'entries', 1, 'skips'])).toMatchObject({ line: 14 });
  });

  it.each([
    ['kind: Catalog\n', '1:1  INGOT_CATALOG_FILE  this is no catalog of Ingot'],
    [head, '1:1  INGOT_FILE_KEY_MISSING  the file lacks the key "packages"'],
    [head + rest.replace('hello }', 'Hello }'), '4:14  INGOT_FILE_VALUE  packages[0].name: Hello is not valid'],
    [head + rest.replace('packages', 'package'), '4:1  INGOT_FILE_KEY_UNKNOWN  unknown key "package"'],
    [head + rest.replace('project:hello', 'hello'), '5:11  INGOT_SOURCE_SYNTAX  the source "hello" does not say'],
    [
      head + rest.replace('project:hello', 'project:hello, project:hello'),
      '5:26  INGOT_CATALOG_KEY  "project:hello" is in the list already',
    ],
    [
      head + rest.replace('project:hello', 'oci:folder'),
      '5:11  INGOT_CATALOG_KEY  oci: does not say where clusters find the bundle',
    ],
    [
      head + rest.replace('project:hello', '{ from: "docker-archive:a.tar", repository: a.example/b }'),
      '5:13  INGOT_CATALOG_KEY  docker-archive: has no digest that a registry would know',
    ],
    [
      head + rest.replace('hello }', 'hello, edges: given }'),
      '4:27  INGOT_CATALOG_KEY  edges: given, but not each channel has entries',
    ],
    [
      head + rest.replace('hello }', 'hello, edges: given, channels: [{ name: a }] }'),
      '4:27  INGOT_CATALOG_KEY  edges: given, but not each channel has entries',
    ],
    [
      head + rest.replace('hello }', 'hello, channels: [{ name: a, entries: [{ skipRange: 1.x }] }] }'),
      '4:59  INGOT_CATALOG_KEY  an entry has a name, or a bundle of the list `bundles`',
    ],
    [
      head + rest.replace('hello }', 'hello, channels: [{ name: a, entries: [{ bundle: project:hallo }] }] }'),
      '4:59  INGOT_CATALOG_KEY  "project:hallo" is none of the bundles; did you mean "project:hello"?',
    ],
    [
      head + rest.replace('hello }', 'hello, deprecations: [{ channel: a, bundle: b, message: c }] }'),
      '4:42  INGOT_CATALOG_KEY  a deprecation is of a channel or of a bundle',
    ],
    [head + rest.replace('hello }', 'hello, icon: ../a.svg }'), '4:27  INGOT_CATALOG_KEY  the icon leaves the project'],
    [
      `${head}${rest}deploy: { extension: { namespace: a, package: b } }\n`,
      '6:38  INGOT_CATALOG_KEY  there is no package "b"',
    ],
    [
      `${head}${rest.replace('}', '}, { name: other }')}deploy: { extension: { namespace: a } }\n`,
      '6:11  INGOT_CATALOG_KEY  the extension does not say its package',
    ],
    [
      `${head}${rest}deploy: { extension: { namespace: a, version: latest } }\n`,
      '6:38  INGOT_CATALOG_DEPLOY  "latest" is no version and no range',
    ],
    [
      `${head}${rest}deploy: { catalogName: Hello }\n`,
      '6:11  INGOT_FILE_VALUE  deploy.catalogName: Hello is not valid: expected at most 63 lower-case letters',
    ],
    [
      `${head.replace('team/hello_catalog', 'a'.repeat(64))}${rest}`,
      '1:1  INGOT_CATALOG_DEPLOY  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" cannot name a ClusterCatalog',
    ],
    [head.replace('1.0', 'a/b') + rest, '3:1  INGOT_IMAGE_VERSION  version: "a/b" cannot be the tag of an image'],
  ])('refuses %s', async (text, message) => {
    expect(await refused(text)).toContain(`catalog.yaml:${message}`);
  });

  it('says all that is wrong at once', async () => {
    const lines = await refused(
      `${head.replace('1.0', 'a/b')}packages: [{ name: a, icon: /a }]\nbundles: [x, 'oci:y']\n`,
    );
    expect(lines.match(/INGOT_\w+/g)).toEqual([
      'INGOT_IMAGE_VERSION',
      'INGOT_SOURCE_SYNTAX',
      'INGOT_CATALOG_KEY',
      'INGOT_CATALOG_KEY',
    ]);
  });

  it('says of a file that is not there that it cannot be read', async () => {
    await expect(readCatalogFile(join(folder, 'none.yaml'))).rejects.toMatchObject({ code: 'INGOT_CATALOG_FILE' });
  });
});
