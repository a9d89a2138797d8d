import { describe, expect, it } from 'vitest';

import {
  annotationsPath,
  crdPath,
  csvPath,
  operatorBundle,
  placeOf,
  soundAnnotations,
  soundCrd,
  soundCsv,
} from '../test/operator-bundle.ts';
import { treeOf, type SampleEntry, type SampleOptions } from '../test/tree-of.ts';
import { faults, findings, holding } from '../test/verdict.ts';
import { rules } from './index.ts';
import { olmRules } from './olm.ts';
import { registryRules } from './registry.ts';

const judge = (files: Record<string, SampleEntry>, options?: SampleOptions) =>
  faults(operatorBundle(files, options), 'registry', { rules: registryRules });

/** A part of the sound sample is another: the rule that does not hold, and the text where that is told. */
type Edit = [from: string, to: string, found: string, wanted: string];

const edited = (path: string, sound: string) => (from: string, to: string, found: string, wanted: string) => {
  const text = sound.replace(from, to);
  expect(text).not.toBe(sound);
  expect(judge({ [path]: text })).toContain(`${found} ${placeOf(path, text, wanted)}`);
};

describe('a sound bundle', () => {
  it('keeps every rule that can be broken by it', () => {
    const found = findings(operatorBundle(), 'registry');
    expect(found.filter(({ level }) => level !== 'ok')).toEqual([]);
    const known = new Set(found.map(({ rule }) => rule));
    const unjudged = registryRules.map(({ id }) => id).filter((id) => !known.has(id));
    expect(unjudged).toEqual(['registry-properties', 'registry-dependencies']);
  });

  it('says of each rule why and what to do, once', () => {
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    for (const { reason, remedy, holds } of [...registryRules, ...olmRules]) {
      expect(reason).toMatch(/^[^]+\.$/);
      expect(remedy).toMatch(/\.$/);
      expect(holds).not.toMatch(/\.$/);
    }
  });

  it('has its other files of metadata/ judged', () => {
    const tree = operatorBundle({
      'metadata/properties.yaml': 'properties:\n  - type: olm.maxOpenShiftVersion\n    value: "4.20"\n',
      'metadata/dependencies.yaml': 'dependencies:\n  - type: olm.label\n    value: { label: a }\n',
    });
    const held = holding(tree, 'registry', { rules: registryRules });
    expect(held).toEqual(registryRules.map(({ id }) => id));
  });
});

describe('metadata/annotations.yaml', () => {
  it.each<[string, Record<string, SampleEntry>, string[]]>([
    ['is not there', { [annotationsPath]: { link: 'a' } }, ['error registry-annotations']],
    [
      'is not YAML',
      { [annotationsPath]: 'annotations: [' },
      ['error registry-annotations metadata/annotations.yaml:1:15'],
    ],
    [
      'has a tab',
      { [annotationsPath]: 'annotations:\n\ta: b\n' },
      ['error registry-annotations metadata/annotations.yaml:2:1'],
    ],
    ['is empty', { [annotationsPath]: '# later\n' }, ['error registry-annotations metadata/annotations.yaml:1:1']],
    ['is a list', { [annotationsPath]: '- a\n' }, ['error registry-annotations metadata/annotations.yaml:1:1']],
    [
      'has no mapping',
      { [annotationsPath]: 'annotations: a\n' },
      ['error registry-annotations metadata/annotations.yaml:1:1'],
    ],
  ])('%s', (_, files, found) => {
    expect(judge(files, { labels: undefined as never })).toEqual(found);
  });

  const prefix = 'operators.operatorframework.io.bundle';

  it.each<Edit>([
    [`${prefix}.package.v1: hello\n`, `${prefix}.package.v1:\n`, 'error registry-annotations', `${prefix}.package`],
    [`${prefix}.package.v1: hello`, `${prefix}.package.v1: Hello_1`, 'error registry-annotations', `${prefix}.package`],
    [`${prefix}.package.v1: hello`, `${prefix}.package.v1: [a]`, 'error registry-annotations', `${prefix}.package`],
    ['registry+v1', 'plain+v0', 'error registry-annotation-values', `${prefix}.mediatype`],
    ['manifests/', 'manifests', 'error registry-annotation-values', `${prefix}.manifests`],
    ['v1: metadata/', 'v1: meta/', 'error registry-annotation-values', `${prefix}.metadata`],
    ['stable,beta', 'stable, beta', 'error registry-annotation-values', `${prefix}.channels`],
    ['stable,beta', 'stable,beta,', 'error registry-annotation-values', `${prefix}.channels`],
    ['stable,beta', 'stable,stable', 'error registry-annotation-values', `${prefix}.channels`],
    ['default.v1: stable', 'default.v1: alpha', 'error registry-annotation-values', `${prefix}.channel.default`],
    ['registry+v1', '', 'warning registry-annotation-values', `${prefix}.mediatype`],
  ])('%j is %j', (from, to, found, wanted) => {
    const text = soundAnnotations.replace(from, to);
    expect(text).not.toBe(soundAnnotations);
    const lines = judge({ [annotationsPath]: text }, { labels: undefined as never });
    expect(lines).toContain(`${found} ${placeOf(annotationsPath, text, wanted)}`);
  });

  it('is repeated in the labels', () => {
    const labels = { [`${prefix}.mediatype.v1`]: 'registry+v1', [`${prefix}.package.v1`]: 'other' };
    expect(judge({}, { labels })).toEqual([
      'warning registry-labels',
      'warning registry-labels',
      `error registry-labels ${placeOf(annotationsPath, soundAnnotations, `${prefix}.package`)}`,
      'warning registry-labels',
      'warning registry-labels',
    ]);
    expect(judge({}, { labels: {} })[3]).toBe('error registry-labels');
    // A folder has none.
    expect(judge({}, { labels: undefined as never })).toEqual([]);
  });
});

describe('other files of metadata/', () => {
  it.each<[string, string, string, string]>([
    ['properties.yaml', 'properties: a\n', 'error registry-properties', 'properties'],
    ['properties.yaml', 'a: b\n', 'error registry-properties', 'a'],
    ['properties.yaml', 'properties:\n  - value: a\n', 'error registry-properties', 'value'],
    ['properties.yaml', 'properties:\n  - type: a\n', 'error registry-properties', 'type'],
    ['properties.yaml', 'properties: [\n', 'error registry-properties', '\n'],
    ['dependencies.yaml', 'dependencies:\n  - type: a\n    value: b\n', 'error registry-dependencies', 'type'],
    ['notes.txt', 'a: [\n', 'warning registry-metadata', '\n'],
  ])('%s: %j', (name, text, found, wanted) => {
    const path = `metadata/${name}`;
    expect(judge({ [path]: text })).toEqual([expect.stringContaining(`${found} ${path}`)]);
    if (wanted !== '\n') expect(judge({ [path]: text })).toEqual([`${found} ${placeOf(path, text, wanted)}`]);
  });

  it('a folder in metadata/', () => {
    expect(judge({ 'metadata/a/b.yaml': '' })).toEqual(['warning registry-metadata metadata/a']);
  });
});

describe('the ClusterServiceVersion', () => {
  it('is there', () => {
    expect(judge({ [csvPath]: soundCrd })).toContain('error registry-csv manifests');
  });

  it('is there once', () => {
    expect(judge({ 'manifests/z.yaml': soundCsv })).toEqual(['error registry-csv manifests/z.yaml:2:1']);
  });

  it.each<Edit>([
    ['replicas: 1', 'replicas: "1"', 'error csv-types', 'replicas'],
    ['supported: true', 'supported: "true"', 'error csv-types', 'supported: "true"'],
    ['displayName: Hello', 'displayName: 1', 'error csv-types', 'displayName'],
    ['version: 1.0.0', 'version: 1.0', 'error csv-types', 'version: 1.0\n'],
    ["apiGroups: ['']", 'apiGroups: core', 'error csv-types', 'apiGroups'],
    ['displayName:', 'keyWords: [a]\n  displayName:', 'warning csv-keys', 'keyWords'],
    ['name: hello.v1.0.0', `name: ${'a'.repeat(64)}`, 'error csv-name', 'name: aaa'],
    ['version: 1.0.0', 'version: latest', 'error csv-version', 'version: latest'],
    ['version: 1.0.0', 'version: v1.0.0', 'warning csv-version', 'version: v1'],
    ['version: 1.0.0', 'version: 1.0.1', 'warning csv-version', 'version: 1.0.1'],
    ['  version: 1.0.0\n', '', 'error csv-version', 'spec:'],
    ['minKubeVersion: 1.26.0', 'minKubeVersion: v1.26', 'warning csv-min-kube-version', 'minKubeVersion'],
    ['displayName:', 'relatedImages: [{ name: a }]\n  displayName:', 'warning csv-related-images', '{ name: a }'],
    ['strategy: deployment', 'strategy: job', 'warning csv-strategy', 'strategy'],
    ['OwnNamespace', 'TwoNamespaces', 'warning csv-install-modes', 'type: Two'],
    ['[{ "api', '{ "api', 'warning csv-examples', 'alm-examples'],
    [
      'alm-examples:',
      'operatorframework.io/suggested-namespace: My.Space\n    alm-examples:',
      'warning registry-suggested-namespace',
      'operatorframework.io',
    ],
    ['alm-examples:', "olm.properties: 'x'\n    alm-examples:", 'error csv-properties', 'olm.properties'],
    ['alm-examples:', "olm.properties: '[{}]'\n    alm-examples:", 'error csv-properties', 'olm.properties'],
    ['alm-examples:', `a: ${'x'.repeat(256 * 1024)}\n    alm-examples:`, 'error csv-annotations', 'annotations'],
  ])('%j is %j', edited(csvPath, soundCsv));

  it('has something to install', () => {
    const text = [
      'apiVersion: operators.coreos.com/v1alpha1',
      'kind: ClusterServiceVersion',
      'metadata: { name: hello.v1.0.0 }',
      'spec: { version: 1.0.0, installModes: [{ type: AllNamespaces, supported: true }] }',
    ].join('\n');
    const tree = treeOf({ [csvPath]: text, [annotationsPath]: soundAnnotations });
    expect(faults(tree, 'registry', { rules: registryRules })).toEqual([
      `error registry-zero-objects ${csvPath}:4:1`,
      `warning csv-strategy ${csvPath}:4:1`,
      `warning csv-strategy ${csvPath}:4:1`,
    ]);
  });

  it.each<Edit>([
    ['supported: true', 'supported: false', 'error registry-install-modes', 'installModes'],
    [
      'displayName:',
      'apiservicedefinitions: { owned: [{ name: v1.a }] }\n  displayName:',
      'error registry-api-services',
      'name: v1.a',
    ],
    [
      'displayName:',
      'webhookdefinitions: [{ generateName: a.b.c }]\n  displayName:',
      'error registry-webhooks',
      'generateName',
    ],
  ])('has nothing that rukpak refuses: %j is %j', edited(csvPath, soundCsv));
});

describe('the deployments and permissions', () => {
  it.each<Edit>([
    ['name: hello-operator\n', 'name: Hello_1\n', 'error csv-deployment-names', 'name: Hello_1'],
    [
      '      permissions:',
      '        - name: hello-operator\n      permissions:',
      'error csv-deployment-names',
      'name: hello-operator\n      perm',
    ],
    ['matchLabels: { app: hello }', 'matchLabels: {}', 'error csv-deployment-selectors', 'selector'],
    ['labels: { app: hello }', 'labels: { app: other }', 'error csv-deployment-selectors', 'app: hello }\n'],
    ['labels: { app: hello }', 'annotations: {}', 'error csv-deployment-selectors', 'app: hello }\n'],
    ['name: operator', 'name: the operator', 'error csv-containers', 'name: the operator'],
    ['image: registry', 'imagePullPolicy: registry', 'error csv-containers', 'name: operator'],
    [
      '                  - name: operator',
      '                  - { name: operator, image: a }\n                  - name: operator',
      'error csv-containers',
      'name: operator\n',
    ],
    ['containers:', 'initContainers:', 'error csv-containers', 'spec:\n                serviceAccountName'],
    ['verbs: [get]', 'verbs: []', 'error csv-permissions', 'verbs: []'],
    ["apiGroups: ['']", 'apiGroups: []', 'error csv-permissions', 'apiGroups'],
    ['resources: [configmaps]', 'resourceNames: [a]', 'error csv-permissions', "apiGroups: ['']"],
    [
      'nonResourceURLs: [/metrics]',
      "nonResourceURLs: [/m]\n              apiGroups: ['']",
      'error csv-permissions',
      'nonR',
    ],
    [
      'serviceAccountName: hello-operator',
      'serviceAccountName: a_b',
      'error csv-service-accounts',
      'serviceAccountName',
    ],
  ])('%j is %j', edited(csvPath, soundCsv));

  it('have no permission twice', () => {
    const rules = 'rules: [{ nonResourceURLs: [/metrics], verbs: [get] }]';
    const text = soundCsv.replace(
      '  installModes',
      `        - { ${rules}, serviceAccountName: hello-operator }\n  installModes`,
    );
    expect(judge({ [csvPath]: text })).toEqual([
      `error csv-permissions-once ${placeOf(csvPath, text, 'serviceAccountName: hello-operator }')}`,
    ]);
  });

  it('have no ServiceAccount in manifests/ as well', () => {
    const account = 'apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: hello-operator\n';
    expect(judge({ 'manifests/a.yaml': account })).toEqual(['error registry-service-accounts manifests/a.yaml:4:3']);
    expect(judge({ 'manifests/a.yaml': account.replace('hello-operator', 'other') })).toEqual([]);
  });
});

describe('the CustomResourceDefinitions', () => {
  it.each<Edit>([
    ['name: hellos.example.com', 'name: others.example.com', 'error registry-owned-crds', 'name: others'],
    ['kind: Hello', 'kind: Other', 'error registry-owned-crds', 'kind: Other'],
    ['version: v1', 'version: v2', 'error registry-owned-crds', 'version: v2'],
  ])('owned: %j is %j', edited(csvPath, soundCsv));

  it('are owned', () => {
    expect(judge({ 'manifests/other.yaml': soundCrd.replace('hellos.example', 'others.example') })).toEqual([
      'warning registry-crds-owned manifests/other.yaml:4:3',
    ]);
    expect(judge({ [crdPath]: 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n' })).toEqual([
      `error registry-owned-crds ${placeOf(csvPath, soundCsv, 'name: hellos')}`,
    ]);
  });
});

describe('the other objects', () => {
  it.each<[string, string, string]>([
    [
      'a custom resource',
      'apiVersion: a/v1\nkind: Hello\nmetadata: { name: a }\n',
      'error registry-kinds manifests/a.yaml:2:1',
    ],
    ['a Deployment', '# it\nkind: Deployment\n', 'error registry-kinds manifests/a.yaml:2:1'],
    ['a List', 'kind: List\nitems:\n  - kind: Secret\n  - kind: Secret\n', 'error registry-lists manifests/a.yaml:3:5'],
    [
      'a comment before a document',
      '# licence\n---\nkind: Secret\n',
      'error registry-empty-documents manifests/a.yaml:1:1',
    ],
    [
      'an empty document',
      'kind: Secret\n---\n\n---\nkind: Role\n',
      'error registry-empty-documents manifests/a.yaml:3:1',
    ],
    ['a file of comments', '# later\n', 'error registry-empty-documents manifests/a.yaml:1:1'],
    ['a namespace', 'kind: Secret\nmetadata:\n  namespace: a\n', 'warning registry-namespaces manifests/a.yaml:3:3'],
  ])('%s', (_, text, found) => {
    expect(judge({ 'manifests/a.yaml': text })).toEqual([found]);
  });

  it.each<[string, string]>([
    ['a comment in a document', '---\n# licence\nkind: Secret\n'],
    ['a separator at the end', 'kind: Secret\n---\n'],
    ['a namespace of what has none', 'kind: ClusterRole\nmetadata:\n  namespace: a\n'],
    ['an empty file', ''],
    ['JSON', '{ "kind": "Secret" }\n'],
  ])('%s is sound', (_, text) => {
    expect(judge({ 'manifests/a.yaml': text })).toEqual([]);
  });
});

it('OLM v1 alone takes what rukpak refuses', () => {
  const tree = treeOf({
    ...Object.fromEntries([[csvPath, soundCsv.replace('displayName', 'webhookdefinitions: [{}]\n  displayName')]]),
    [crdPath]: `# licence\n---\n${soundCrd}`,
    [annotationsPath]: soundAnnotations,
  });
  expect(faults(tree, 'registry', { rules: registryRules, consumers: ['olm'] })).toEqual([]);
});
