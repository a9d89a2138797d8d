import { oci } from '@ingot/content';
import { describe, expect, it } from 'vitest';
import { faults, findings, holding } from '../test/verdict.ts';
import { aliasBomb } from '../../kubernetes/test/alias-bomb.ts';
import { device, treeOf, type SampleEntry } from '../test/tree-of.ts';
import { soundConfigMap, soundCrd, soundPlain } from '../test/sound.ts';
import { imageNameRules } from './image-names.ts';
import { manifestRules } from './manifest.ts';
import { objectRules } from './object.ts';
import { plainRules } from './plain.ts';
import { treeRules } from './tree.ts';

const image = { labels: {}, mediaTypes: [oci.manifest, oci.config, oci.layerGzip] };
const judged = (files: Readonly<Record<string, SampleEntry>>, options = image): string[] =>
  faults(treeOf({ ...soundPlain, ...files }, options), 'plain');

it('a sound bundle keeps every rule, and each says so', () => {
  const tree = treeOf(soundPlain, image);
  expect(faults(tree, 'plain')).toEqual([]);
  expect(holding(tree, 'plain')).toEqual(
    [...treeRules, ...manifestRules, ...objectRules, ...imageNameRules, ...plainRules].map(({ id }) => id),
  );
});

it('so does one with empty files, comments, and other things beside manifests', () => {
  const more = {
    'manifests/other.yaml': soundConfigMap.replace('settings', 'other'),
    'manifests/empty.yaml': '',
    'manifests/notes.yaml': '# nothing\n---\n',
    'README.md': 'Read me',
    'tools/link': { link: '/bin/sh' },
  };
  expect(judged(more)).toEqual([]);
});

it('no bombs of aliases, of which each alone would pass', () => {
  const map = (name: string): string => soundConfigMap.replace('settings', name);
  const bombs = Array.from('abcdef', (name) => map(name).replace('data:\n  a: b\n', aliasBomb));
  expect(judged({ 'manifests/x': [...bombs, map('g')].join('---\n') })).toEqual([
    expect.stringMatching(/^error manifest-aliases manifests\/x:/),
  ]);
});

describe('the tree', () => {
  it.each<[what: string, files: Readonly<Record<string, SampleEntry>>, expected: readonly string[]]>([
    [
      'a file for its owner',
      { 'manifests/a.yaml': { content: '', mode: 0o640 } },
      ['error tree-files manifests/a.yaml'],
    ],
    ['a folder for its owner', { docs: { folder: 0o750 } }, ['error tree-folders docs']],
    ['a folder that cannot be listed', { docs: { folder: 0o751 } }, ['error tree-folders docs']],
    ['a device', { 'dev/null': device }, ['error tree-types dev/null']],
    ['a link to a file', { 'manifests/a.yaml': { link: '../b' }, b: '' }, ['error tree-links manifests/a.yaml']],
    ['a link out', { 'manifests/a.yaml': { link: '/etc/hosts' } }, ['error tree-links manifests/a.yaml']],
    ['a link above', { 'manifests/a.yaml': { link: '../../a' } }, ['error tree-links manifests/a.yaml']],
    ['a link to nothing', { 'manifests/a.yaml': { link: 'b.yaml' } }, ['error tree-links manifests/a.yaml']],
    ['a link to a folder', { 'manifests/a': { link: '../docs' }, 'docs/b': '' }, ['error tree-links manifests/a']],
    ['a link to itself', { 'manifests/a': { link: 'a' } }, ['error tree-links manifests/a']],
  ])('%s', (_, files, expected) => {
    expect(judged(files)).toEqual(expected);
  });

  it('is not empty', () => {
    expect(faults(treeOf({}, image), 'helm', { rules: treeRules })).toEqual(['error tree-empty']);
  });

  it('has no links where it is a chart', () => {
    const tree = treeOf({ 'Chart.yaml': 'a', 'values.yaml': { link: 'Chart.yaml' } }, image);
    expect(faults(tree, 'helm', { rules: treeRules })).toEqual(['error tree-links values.yaml']);
    const linked = treeOf({ 'manifests/a.yaml': { link: '../b' }, b: '' }, image);
    expect(faults(linked, 'registry', { rules: treeRules, consumers: ['olm'] })).toEqual([]);
  });

  it('of a folder on the disk gets warnings for modes, which an image may not have', () => {
    const tree = treeOf({ ...soundPlain, 'manifests/a.yaml': { content: '', mode: 0o600 } });
    expect(faults(tree, 'plain')).toEqual(['warning tree-files manifests/a.yaml']);
    expect(holding(tree, 'plain')).not.toContain('tree-media-types');
  });

  it('comes of an image, not of an artifact', () => {
    const tree = (mediaTypes: readonly string[]) => treeOf(soundPlain, { labels: {}, mediaTypes });
    expect(faults(tree([oci.manifest, oci.config, 'text/plain', 'text/plain']), 'plain')).toEqual([
      'warning tree-media-types',
    ]);
    expect(faults(tree([oci.manifest, oci.empty, oci.layerGzip]), 'plain')).toEqual(['warning tree-media-types']);
    const registry = faults(tree([oci.manifest, oci.empty, oci.layerGzip]), 'registry', { rules: treeRules });
    expect(registry).toEqual(['error tree-media-types']);
  });
});

describe('the files in manifests', () => {
  it.each<[what: string, content: SampleEntry, expected: string]>([
    ['a README', 'Read me\n', 'error manifest-objects manifests/x:1:1'],
    ['bytes', new Uint8Array([0x89, 0x50]), 'error manifest-encoding manifests/x:1:1'],
    ['tabs', `${soundConfigMap}\tb: c\n`, 'error manifest-syntax manifests/x:10:1'],
    [
      'a document that does not end',
      `${soundConfigMap.replace('settings', 'x')}---\na: [\n`,
      'error manifest-syntax manifests/x:12:1',
    ],
    ['an alias of nothing', 'a: *b\n', 'error manifest-aliases manifests/x:1:4'],
    ['a large document', `a: ${'x'.repeat(1024 * 1024)}`, 'error manifest-size manifests/x:1:1'],
    ['a file that nobody reads', { size: 1e9 }, 'error manifest-size manifests/x'],
    [
      'a key twice',
      `${soundConfigMap.replace('settings', 'x')}  a: c\n`,
      'warning manifest-duplicate-keys manifests/x:10:3',
    ],
  ])('%s', (_, content, expected) => {
    expect(judged({ 'manifests/x': content })).toEqual([expected]);
  });

  it('are in one folder, which is there', () => {
    expect(judged({ 'manifests/more/a.yaml': soundConfigMap })).toEqual(['error manifests-flat manifests/more']);
    expect(faults(treeOf({ 'a.yaml': soundConfigMap }, image), 'plain')).toEqual(['error manifests-folder manifests']);
    const linked = treeOf({ manifests: { link: 'others' }, 'others/a.yaml': soundConfigMap }, image);
    expect(faults(linked, 'plain')).toEqual(['error tree-links manifests', 'error manifests-folder manifests']);
  });

  it('hold an object', () => {
    expect(faults(treeOf({ 'manifests/a.yaml': '# none\n' }, image), 'plain')).toEqual([
      'error plain-objects manifests',
    ]);
    expect(faults(treeOf({ manifests: { folder: 0o755 } }, image), 'plain')).toEqual(['error plain-objects manifests']);
    expect(faults(treeOf({ 'manifests/a.yaml': 'kind: List\nitems: []\n' }, image), 'plain')).toEqual([
      'error plain-objects manifests',
    ]);
  });
});

const object = (change: (text: string) => string): Readonly<Record<string, string>> => ({
  'manifests/x.yaml': change(soundConfigMap.replace('settings', 'other')),
});
const swap = (from: string | RegExp, to: string) => (text: string) => text.replace(from, to);

describe('objects', () => {
  it.each<[what: string, change: (text: string) => string, expected: readonly string[]]>([
    ['no kind', swap('kind: ConfigMap\n', ''), ['error object-kind manifests/x.yaml:1:1']],
    ['a kind that is no text', swap('kind: ConfigMap', 'kind: 1'), ['error object-kind manifests/x.yaml:2:1']],
    ['no apiVersion', swap('apiVersion: v1\n', ''), ['error object-api-version manifests/x.yaml:1:1']],
    ['an odd apiVersion', swap('v1', 'a/b/v1'), ['error object-api-version manifests/x.yaml:1:1']],
    ['no name', swap('  name: other\n', ''), ['error object-name manifests/x.yaml:3:1']],
    ['a name that is a number', swap('name: other', 'name: 1'), ['error object-name manifests/x.yaml:4:3']],
    ['no metadata', swap(/metadata[^]*data:/, 'data:'), ['error object-name manifests/x.yaml:1:1']],
    ['a generated name', swap('name:', 'generateName:'), ['error object-name manifests/x.yaml:3:1']],
    ['a name of many letters', swap('other', 'Other'), ['error object-names manifests/x.yaml:4:3']],
    ['a long name', swap('other', 'x'.repeat(254)), ['error object-names manifests/x.yaml:4:3']],
    ['a namespace with a dot', swap('hello-system', 'a.b'), ['error object-names manifests/x.yaml:5:3']],
    ['a label that is true', swap('app: hello', 'app: yes'), ['error object-metadata manifests/x.yaml:6:13']],
    ['a label with a blank', swap('app: hello', 'app: a b'), ['error object-metadata manifests/x.yaml:6:13']],
    ['a label without a key', swap('app:', '"a b":'), ['error object-metadata manifests/x.yaml:6:13']],
    ['labels that are a list', swap('{ app: hello }', '[a]'), ['error object-metadata manifests/x.yaml:6:3']],
    ['an annotation that is true', swap("'yes'", 'yes'), ['error object-metadata manifests/x.yaml:7:18']],
    ['many annotations', swap("'yes'", 'x'.repeat(300_000)), ['error object-metadata manifests/x.yaml:7:3']],
    ['an object of another file', swap('other', 'settings'), ['error object-unique manifests/x.yaml:1:1']],
  ])('%s', (_, change, expected) => {
    expect(judged(object(change))).toEqual(expected);
  });

  it('are the same in any version of their group, and others in another namespace', () => {
    const text = (apiVersion: string, namespace: string) =>
      `apiVersion: ${apiVersion}\nkind: Deployment\nmetadata: { name: a, namespace: ${namespace} }\n`;
    const two = (first: string, second: string) => judged({ 'manifests/x.yaml': `${first}---\n${second}` });
    expect(two(text('apps/v1', 'a'), text('apps/v2', 'a'))).toEqual(['error object-unique manifests/x.yaml:5:1']);
    expect(two(text('apps/v1', 'a'), text('apps/v1', 'b'))).toEqual([]);
    expect(two(text('apps/v1', 'a'), text('other/v1', 'a'))).toEqual([]);
  });

  it('are judged in lists as well', () => {
    const list = 'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata: { name: A }\n';
    expect(judged({ 'manifests/x.yaml': list })).toEqual(['error object-names manifests/x.yaml:6:15']);
  });

  it.each([
    ['policy/v1beta1', 'PodDisruptionBudget', 'error api-removed manifests/x.yaml:1:1'],
    ['extensions/v1beta1', 'Ingress', 'error api-removed manifests/x.yaml:1:1'],
    ['apiextensions.k8s.io/v1beta1', 'CustomResourceDefinition', 'error api-removed manifests/x.yaml:1:1'],
    ['resource.k8s.io/v1beta1', 'DeviceClass', 'warning api-deprecated manifests/x.yaml:1:1'],
    ['networking.k8s.io/v1beta1', 'ServiceCIDR', 'warning api-deprecated manifests/x.yaml:1:1'],
  ])('%s %s', (apiVersion, kind, expected) => {
    expect(judged({ 'manifests/x.yaml': `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: a }\n` })).toEqual(
      [expected],
    );
  });

  it('say which release ended a version, and what took its place', () => {
    const tree = treeOf(
      { 'manifests/a.yaml': 'apiVersion: batch/v1beta1\nkind: CronJob\nmetadata: { name: a }\n' },
      image,
    );
    expect(findings(tree, 'plain').find(({ level }) => level === 'error')?.message).toBe(
      'CronJob of batch/v1beta1: deprecated since Kubernetes 1.21, not served from 1.25 on; use batch/v1',
    );
  });
});

describe('CustomResourceDefinitions', () => {
  const crd = (change: (text: string) => string) => judged({ 'manifests/crd.yaml': change(soundCrd) });
  const at = (rule: string, position: string) => [`error ${rule} manifests/crd.yaml:${position}`];

  it.each<[what: string, change: (text: string) => string, expected: readonly string[]]>([
    ['another name', swap('name: hellos.example.com', 'name: hello.example.com'), at('crd-names', '4:3')],
    ['a group without a dot', swap(/example\.com/g, 'example'), at('crd-names', '6:3')],
    ["Kubernetes' own group", swap(/example\.com/g, 'hello.k8s.io'), at('crd-names', '6:3')],
    ['no scope', swap('  scope: Namespaced\n', ''), at('crd-names', '5:1')],
    ['no plural', swap('    plural: hellos\n', ''), at('crd-names', '8:3')],
    ['a kind with a blank', swap('kind: Hello', 'kind: A b'), at('crd-names', '9:5')],
    ['a listKind that is the kind', swap('plural:', 'listKind: Hello\n    plural:'), at('crd-names', '10:5')],
    ['no stored version', swap('storage: true', 'storage: false'), at('crd-versions', '11:3')],
    ['no served', swap('    served: true\n', ''), at('crd-versions', '12:5')],
    ['a version of many letters', swap('name: v1', 'name: V1'), at('crd-versions', '12:5')],
    ['no versions', swap(/ {2}versions:[^]*/, ''), at('crd-versions', '5:1')],
    ['unknown fields', swap('scope:', 'preserveUnknownFields: true\n  scope:'), at('crd-versions', '7:3')],
    ['no schema', swap(/ {4}schema:[^]*/, ''), at('crd-schema', '12:5')],
    ['an empty schema', swap(/openAPIV3Schema:[^]*/, 'openAPIV3Schema:\n'), at('crd-schema', '16:7')],
    ['no type at the root', swap('        type: object\n', ''), at('crd-structural', '16:7')],
    ['another type at the root', swap('type: object', 'type: string'), at('crd-structural', '17:9')],
    [
      'no type of a field',
      swap('any: { x-kubernetes-preserve-unknown-fields: true }', 'any: {}'),
      at('crd-structural', '27:15'),
    ],
    [
      'no such type',
      swap(
        '{ type: string }\n          metadata',
        '{ type: string }\n          more: { type: text }\n          metadata',
      ),
      at('crd-structural', '20:19'),
    ],
    ['a list without items', swap(', items: { type: string }', ''), [...at('crd-structural', '25:15')]],
    [
      'both kinds of properties',
      swap(
        'additionalProperties: { type: string }',
        'additionalProperties: { type: string }, properties: { a: { type: string } }',
      ),
      at('crd-structural', '26:39'),
    ],
    [
      'metadata with a description',
      swap('metadata: { type: object }', 'metadata: { type: object, description: a }'),
      at('crd-structural', '20:37'),
    ],
    ['a reference', swap('any: {', 'any: { $ref: a,'), at('crd-structural', '27:22')],
    ['a type within anyOf', swap('minItems: 1', 'type: array'), at('crd-structural', '31:26')],
    ['a field within anyOf alone', swap('names: { minItems', 'others: { minItems'), at('crd-structural', '31:17')],
    ['unique items', swap('type: array,', 'type: array, uniqueItems: true,'), at('crd-structural', '25:37')],
  ])('%s', (_, change, expected) => {
    expect(crd(change)).toEqual(expected);
  });

  it('may have several versions, one of them stored', () => {
    const second = soundCrd.slice(soundCrd.indexOf('  - name: v1')).replace('v1', 'v2');
    expect(crd((text) => text + second.replace('storage: true', 'storage: false'))).toEqual([]);
    expect(crd((text) => text + second)).toEqual(at('crd-versions', '11:3'));
    expect(crd((text) => text + second.replace('v2', 'v1').replace('storage: true', 'storage: false'))).toEqual(
      at('crd-versions', '32:5'),
    );
  });

  it('of Kubernetes own groups are approved by an annotation', () => {
    const approved = "annotations: { api-approved.kubernetes.io: 'https://github.com/kubernetes/enhancements/pull/1' }";
    expect(
      crd((text) => text.replaceAll('example.com', 'x.k8s.io').replace('metadata:\n', `metadata:\n  ${approved}\n`)),
    ).toEqual([]);
  });
});
