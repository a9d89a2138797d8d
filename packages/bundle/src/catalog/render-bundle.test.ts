import { formatError } from '@ingot/workspace';
import { describe, expect, it } from 'vitest';
import { treeOf } from '../verify/test/tree-of.ts';
import { renderBundle } from './render-bundle.ts';
import { sampleTree, type SampleBundle } from './test/sample-bundle.ts';

const image = `registry.example/hello@sha256:${'a'.repeat(64)}`;

function refused(bundle: SampleBundle | ReturnType<typeof treeOf>): string {
  try {
    renderBundle('entries' in bundle ? bundle : sampleTree(bundle), image);
  } catch (error) {
    return formatError(error).split('\n')[0]!;
  }
  return 'nothing was wrong';
}

const propertiesOf = (bundle: SampleBundle) => renderBundle(sampleTree(bundle), image).blob.properties;

describe('renderBundle', () => {
  it('makes what opm render makes of a bundle', () => {
    const { blob, channels, defaultChannel } = renderBundle(
      sampleTree({ version: '0.1.0', channels: 'stable,alpha', defaultChannel: 'stable' }),
      image,
    );
    expect(JSON.stringify(blob)).toBe(
      JSON.stringify({
        schema: 'olm.bundle',
        name: 'hello.v0.1.0',
        package: 'hello',
        image,
        properties: [
          { type: 'olm.gvk', value: { group: 'hello.example', kind: 'Greeting', version: 'v1' } },
          { type: 'olm.gvk', value: { group: 'hello.example', kind: 'Greeting', version: 'v1alpha1' } },
          { type: 'olm.package', value: { packageName: 'hello', version: '0.1.0' } },
          {
            type: 'olm.csv.metadata',
            value: {
              apiServiceDefinitions: {},
              crdDescriptions: { owned: [{ name: 'greetings.hello.example', version: 'v1', kind: 'Greeting' }] },
              provider: {},
            },
          },
        ],
        relatedImages: [{ name: '', image }],
      }),
    );
    expect({ channels, defaultChannel }).toEqual({ channels: ['stable', 'alpha'], defaultChannel: 'stable' });
  });

  it('keeps of the CSV what user interfaces show, and nothing that OLM does not know', () => {
    const spec = `  displayName: Hello
  description: |
    Says hello.
  keywords: [hello, world]
  maturity: alpha
  minKubeVersion: 1.27.0
  links: [{ name: Docs, url: 'https://hello.example', color: red }]
  maintainers: [{ email: a@hello.example, name: A }]
  provider: { name: Hello, url: '' }
  installModes: [{ supported: true, type: AllNamespaces }, { type: OwnNamespace }]
  nativeAPIs: [{ kind: Pod, version: v1 }]
  apiservicedefinitions:
    owned: [{ name: greets, group: api.hello.example, version: v1, kind: Greet, deploymentName: hello, containerPort: 443 }]
  install: { strategy: deployment }
  cleanup: { enabled: true }
`;
    const metadata = propertiesOf({ version: '1.0.0', spec }).at(-1);
    expect(JSON.stringify(metadata)).toBe(
      JSON.stringify({
        type: 'olm.csv.metadata',
        value: {
          apiServiceDefinitions: {
            owned: [
              {
                name: 'greets',
                group: 'api.hello.example',
                version: 'v1',
                kind: 'Greet',
                deploymentName: 'hello',
                containerPort: 443,
              },
            ],
          },
          crdDescriptions: { owned: [{ name: 'greetings.hello.example', version: 'v1', kind: 'Greeting' }] },
          description: 'Says hello.\n',
          displayName: 'Hello',
          installModes: [
            { type: 'AllNamespaces', supported: true },
            { type: 'OwnNamespace', supported: false },
          ],
          keywords: ['hello', 'world'],
          links: [{ name: 'Docs', url: 'https://hello.example' }],
          maintainers: [{ name: 'A', email: 'a@hello.example' }],
          maturity: 'alpha',
          minKubeVersion: '1.27.0',
          nativeAPIs: [{ group: '', version: 'v1', kind: 'Pod' }],
          provider: { name: 'Hello' },
        },
      }),
    );
  });

  it('adds what metadata/ and the CSV say of properties and dependencies, whatever the files are called', () => {
    const properties = propertiesOf({
      version: '1.0.0',
      spec: '    required: [{ name: moons.space.example, version: v1, kind: Moon }]\n',
      files: {
        'metadata/a.yaml': `dependencies:
  - { type: olm.package, value: { packageName: sky, version: '>=1.0.0' } }
  - { type: olm.gvk, value: { group: space.example, kind: Sun, version: v1 } }
  - { type: olm.constraint, value: { failureMessage: none, cel: { rule: 'true' } } }
`,
        'metadata/b.yaml': `properties:
  - { type: olm.maxOpenShiftVersion, value: '4.18' }
  - { type: olm.gvk, value: { version: v1, kind: Greeting, group: hello.example, extra: 1 } }
`,
        'metadata/c': 'no: annotations',
      },
    });
    expect(properties.slice(0, -1).map(({ type, value }) => `${type} ${JSON.stringify(value)}`)).toEqual([
      'olm.constraint {"cel":{"rule":"true"},"failureMessage":"none"}',
      'olm.gvk {"group":"hello.example","kind":"Greeting","version":"v1"}',
      'olm.gvk {"group":"hello.example","kind":"Greeting","version":"v1alpha1"}',
      'olm.gvk.required {"group":"space.example","kind":"Moon","version":"v1"}',
      'olm.gvk.required {"group":"space.example","kind":"Sun","version":"v1"}',
      'olm.maxOpenShiftVersion "4.18"',
      'olm.package {"packageName":"hello","version":"1.0.0"}',
      'olm.package.required {"packageName":"sky","versionRange":">=1.0.0"}',
    ]);
  });

  it('reads the properties of the CSV’s annotation, and its release', () => {
    const csv = (annotation: string) => `kind: ClusterServiceVersion
apiVersion: operators.coreos.com/v1alpha1
metadata: { name: hello-v1.0.0-2, annotations: { olm.properties: '${annotation}' } }
spec: { version: 1.0.0, release: 2 }
`;
    const types = (annotation: string) =>
      propertiesOf({ version: '1.0.0', files: { 'manifests/csv.yaml': csv(annotation) } })
        .filter(({ type }) => !type.startsWith('olm.gvk') && type !== 'olm.csv.metadata')
        .map(({ type, value }) => `${type} ${JSON.stringify(value)}`);
    const release = 'olm.package {"packageName":"hello","version":"1.0.0","release":"2"}';
    expect(types('[{ "type": "color", "value": ["red"] }]')).toEqual(['color ["red"]', release]);
    expect(types('no JSON')).toEqual([release]);
    const deep = 200_000;
    expect(types(`[{"type":"a","value":${'['.repeat(deep)}${']'.repeat(deep)}}]`)).toEqual([release]);
  });

  it('lists the images that a mirror needs, each once and sorted', () => {
    const spec = `  relatedImages: [{ name: proxy, image: z.example/proxy:1 }, { name: hello, image: b.example/hello:1 }]
  install:
    strategy: deployment
    spec:
      deployments:
        - name: hello
          spec:
            template:
              spec:
                initContainers: [{ image: a.example/init:1 }]
                containers: [{ image: b.example/hello:1 }, { image: a.example/init:1 }]
`;
    expect(renderBundle(sampleTree({ version: '1.0.0', spec }), image).blob.relatedImages).toEqual([
      { name: '', image: 'a.example/init:1' },
      { name: 'hello', image: 'b.example/hello:1' },
      { name: '', image },
      { name: 'proxy', image: 'z.example/proxy:1' },
    ]);
  });

  it('passes over files that opm passes over', () => {
    const files = { 'manifests/.hidden': 'kind: ClusterServiceVersion', 'manifests/README.md': 'a: b: c' };
    expect(renderBundle(sampleTree({ version: '1.0.0', files }), image).blob.name).toBe('hello.v1.0.0');
  });

  it.each<[string, SampleBundle | ReturnType<typeof treeOf>]>([
    [
      'manifests  INGOT_CATALOG_BUNDLE  the bundle has no ClusterServiceVersion in manifests/',
      treeOf({ 'manifests/a.yaml': 'kind: Namespace' }),
    ],
    [
      'manifests/csv.yaml:1:4  INGOT_CATALOG_BUNDLE  the bundle has no ClusterServiceVersion in manifests/ that can be read: ',
      { version: '1.0.0', files: { 'manifests/csv.yaml': 'a: b\n  c: d\n' } },
    ],
    [
      'manifests/other.yaml:1:1  INGOT_CATALOG_BUNDLE  the bundle has two ClusterServiceVersions, and OLM installs one',
      { version: '1.0.0', files: { 'manifests/other.yaml': 'kind: ClusterServiceVersion' } },
    ],
    [
      'metadata/annotations.yaml  INGOT_CATALOG_BUNDLE  the bundle does not say its package',
      { version: '1.0.0', files: { 'metadata/annotations.yaml': 'annotations: { a: b }' } },
    ],
    [
      'metadata/annotations.yaml  INGOT_CATALOG_BUNDLE  the bundle is plain+v0; a catalog lists registry+v1',
      {
        version: '1.0.0',
        files: {
          'metadata/annotations.yaml':
            'annotations: { operators.operatorframework.io.bundle.package.v1: a, operators.operatorframework.io.bundle.mediatype.v1: plain+v0 }',
        },
      },
    ],
    [
      'manifests/csv.yaml:3:13  INGOT_CATALOG_BUNDLE  the ClusterServiceVersion has no name, and the bundle has its name',
      {
        version: '1.0.0',
        files: { 'manifests/csv.yaml': 'kind: ClusterServiceVersion\nspec: {}\nmetadata: { name: 1 }' },
      },
    ],
    [
      'manifests/csv.yaml:7:13  INGOT_CATALOG_BUNDLE  the CSV owns Greeting of hello.example/v1, and the bundle has no CRD for it',
      { version: '1.0.0', files: { 'manifests/greetings.yaml': '' } },
    ],
    [
      'manifests/csv.yaml:8:3  INGOT_CATALOG_BUNDLE  keywords must be a list, and is a text',
      { version: '1.0.0', spec: '  keywords: hello\n' },
    ],
    [
      'manifests/csv.yaml:8:13  INGOT_CATALOG_BUNDLE  links[0].name must be a text, and is a number',
      { version: '1.0.0', spec: '  links: [{ name: 1.0 }]\n' },
    ],
  ])('refuses: %s', (message, bundle) => {
    expect(refused(bundle)).toContain(message);
  });
});
