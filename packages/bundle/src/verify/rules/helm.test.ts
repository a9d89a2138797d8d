import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';

import { lockDigest } from '../../helm/lock.ts';
import { archiveOf } from '../../helm/test/archive-of.ts';
import { aliasBomb } from '../../kubernetes/test/alias-bomb.ts';
import { soundCrd } from '../test/sound.ts';
import { treeOf, type SampleEntry } from '../test/tree-of.ts';
import { faults, holding } from '../test/verdict.ts';
import { helmRules } from './helm.ts';

const dependency = { name: 'redis', version: '^17.0.0', repository: 'https://charts.example' };
const locked = { name: 'redis', version: '17.1.0', repository: 'https://charts.example' };
const redis = archiveOf({ 'redis/Chart.yaml': 'apiVersion: v2\nname: redis\nversion: 17.1.0\n' });
const needs = [
  'dependencies:',
  '  - name: redis',
  '    version: ^17.0.0',
  '    repository: https://charts.example',
  '',
];

const chartYaml = 'apiVersion: v2\nname: hello\nversion: 0.1.0\n';
const sound: Record<string, SampleEntry> = {
  'hello/Chart.yaml': `${chartYaml}type: application\nkubeVersion: '>=1.26.0-0'\nmaintainers: [{ name: A }]\n${needs.join('\n')}`,
  'hello/Chart.lock': `dependencies: [${JSON.stringify(locked)}]\ndigest: ${lockDigest([dependency], [locked])}\n`,
  'hello/.helmignore': '*.bak\n',
  'hello/values.yaml': 'name: hello\n',
  'hello/values.schema.json': '{ "type": "object" }',
  'hello/templates/service.yaml': 'kind: Service\nmetadata: { name: {{ .Values.name | quote }} }\n',
  'hello/templates/NOTES.txt': 'Hello.\n',
  'hello/crds/hello.yaml':
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: hellos.example.com }\n',
  'hello/charts/redis-17.1.0.tgz': redis,
};

const judge = (files: Record<string, SampleEntry>) => faults(treeOf(files), 'helm', { rules: helmRules });
/** The faults of a chart of these files; Chart.yaml has these further lines. */
const chart = (lines: string, files: Record<string, SampleEntry> = {}) =>
  judge({ 'Chart.yaml': `${chartYaml}${lines}`, 'values.yaml': '', 'templates/a.yml': '', ...files });

it('a sound chart keeps every rule', () => {
  expect(judge(sound)).toEqual([]);
  expect(holding(treeOf(sound), 'helm', { rules: helmRules })).toEqual(helmRules.map(({ id }) => id));
});

it('a sound chart at the root does as well', () => {
  const atRoot = Object.entries(sound).map(([path, entry]) => [path.slice('hello/'.length), entry]);
  expect(judge(Object.fromEntries(atRoot) as Record<string, SampleEntry>)).toEqual([]);
});

describe('the folder of the chart', () => {
  it.each<[string, Record<string, SampleEntry>, string[]]>([
    ['nothing', {}, ['error helm-folder']],
    ['no chart', { 'a/b': '', c: '' }, ['error helm-folder']],
    ['no chart in the only folder', { 'a/values.yaml': '' }, ['error helm-folder a']],
    ['a chart too deep', { 'a/b/Chart.yaml': chartYaml }, ['error helm-folder a']],
    ['two charts', { 'a/Chart.yaml': chartYaml, 'b/Chart.yaml': chartYaml }, ['error helm-folder b']],
    [
      'files beside its folder',
      { 'a/Chart.yaml': chartYaml, 'README.md': '', LICENSE: '' },
      ['error helm-folder LICENSE', 'error helm-folder README.md'],
    ],
  ])('%s', (_, files, found) => {
    expect(judge(files).filter((line) => line.includes('helm-folder'))).toEqual(found);
  });
});

describe("what Helm's loader refuses", () => {
  it.each<[string, Record<string, SampleEntry>, string]>([
    ['a file in charts/', { 'charts/README.md': '' }, 'error helm-loader charts/README.md'],
    [
      'absolute paths in an archive',
      { 'charts/a.tgz': archiveOf({ 'a/Chart.yaml': chartYaml, '/etc/cron.d/x': 'x' }) },
      'error helm-loader charts/a.tgz//etc/cron.d/x',
    ],
    [
      'paths that lead out of an archive',
      { 'charts/a.tgz': archiveOf({ 'a/../../x': 'x' }) },
      'error helm-loader charts/a.tgz/a/../../x',
    ],
    ['no gzip', { 'charts/a.tgz': 'PK' }, 'error helm-loader charts/a.tgz'],
    ['a folder in charts/ without Chart.yaml', { 'charts/a/values.yaml': '' }, 'error helm-chart-yaml charts/a'],
    ['a broken chart in charts/', { 'charts/a/Chart.yaml': 'a: [' }, 'error helm-chart-yaml charts/a/Chart.yaml:1:5'],
    ['Chart.yaml that is a list', { 'Chart.yaml': '- a\n' }, 'error helm-chart-yaml Chart.yaml:1:1'],
    ['an empty Chart.yaml', { 'Chart.yaml': '# later\n' }, 'error helm-chart-yaml Chart.yaml:1:1'],
    ['keys that are there twice', { 'Chart.yaml': `${chartYaml}name: b\n` }, 'warning helm-chart-yaml Chart.yaml:4:1'],
    ['values that are a list', { 'values.yaml': '- a\n' }, 'error helm-values values.yaml:1:1'],
    ['values with a tab', { 'values.yaml': 'a:\n\tb: 1\n' }, 'error helm-values values.yaml:2:'],
    ['values that are no UTF-8', { 'values.yaml': Uint8Array.of(0xff) }, 'error helm-values values.yaml:1:1'],
    ['a schema with comments', { 'values.schema.json': '// a\n{}' }, 'error helm-schema values.schema.json'],
    ['a schema that is a list', { 'values.schema.json': '[]' }, 'error helm-schema values.schema.json'],
  ])('%s', (_, files, found) => {
    expect(chart('', files)).toEqual([expect.stringContaining(found)]);
  });
});

describe('Chart.yaml', () => {
  it.each<[string, string[]]>([
    ['apiVersion: v1\nname: a\nversion: 1.0.0\n', []],
    ['name: a\nversion: 1.0.0\n', ['warning helm-api-version Chart.yaml:1:1']],
    ['apiVersion: v3\nname: a\nversion: 1.0.0\n', ['error helm-api-version Chart.yaml:1:1']],
    ['apiVersion: v1\nname: a\nversion: 1.0.0\ntype: application\n', ['warning helm-api-version Chart.yaml:4:1']],
    ['apiVersion: v2\nversion: 1.0.0\n', ['error helm-name Chart.yaml:1:1']],
    ['apiVersion: v2\nname: a/b\nversion: 1.0.0\n', ['error helm-name Chart.yaml:2:1']],
    ['apiVersion: v2\nname: ..\nversion: 1.0.0\n', ['error helm-name Chart.yaml:2:1']],
    ['apiVersion: v2\nname: a\n', ['error helm-version Chart.yaml:1:1']],
    ['apiVersion: v2\nname: a\nversion: latest\n', ['error helm-version Chart.yaml:3:1']],
    ['apiVersion: v2\nname: a\nversion: 1.10\n', ['warning helm-version Chart.yaml:3:1']],
    ['apiVersion: v2\nname: a\nversion: 1.0.0\nappVersion: 1.10\n', ['warning helm-version Chart.yaml:4:1']],
    ['apiVersion: v2\nname: a\nversion: 1.0.0\ntype: service\n', ['error helm-type Chart.yaml:4:1']],
    ['apiVersion: v2\nname: a\nversion: 1.0.0\ntype: library\n', ['error helm-type Chart.yaml:4:1']],
    ['apiVersion: v2\nname: a\nversion: 1.0.0\nkeywords: a, b\n', ['error helm-types Chart.yaml:4:1']],
    ['apiVersion: v2\nname: a\nversion: 1.0.0\ndescription: { a: b }\n', ['error helm-types Chart.yaml:4:1']],
    ['apiVersion: v2\nname: a\nversion: 1.0.0\nkubeVersion: new\n', ['error helm-kube-version Chart.yaml:4:1']],
    [
      'apiVersion: v2\nname: a\nversion: 1.0.0\nmaintainers:\n  -\n  - email: a@example.com\n',
      ['error helm-maintainers Chart.yaml:', 'warning helm-maintainers Chart.yaml:6:5'],
    ],
  ])('%j', (text, found) => {
    expect(judge({ 'Chart.yaml': text, 'templates/a.yml': '' })).toEqual(
      found.map((line) => expect.stringContaining(line) as string),
    );
  });

  it('has no bombs of aliases, in all charts together', () => {
    const bombs = Array.from('abcdef', (name) => [`charts/${name}/Chart.yaml`, chartYaml + aliasBomb] as const);
    expect(chart('', Object.fromEntries(bombs))).toEqual([
      expect.stringMatching(/^error helm-chart-yaml charts\/f\/Chart.yaml:6:/),
    ]);
  });

  it('is judged in charts/ as well, where libraries may be', () => {
    expect(chart('', { 'charts/a/Chart.yaml': `${chartYaml}type: library\n` })).toEqual([]);
    expect(chart('', { 'charts/a/Chart.yaml': 'apiVersion: v2\nname: a\nversion: x\n' })).toEqual([
      'error helm-version charts/a/Chart.yaml:3:1',
    ]);
  });
});

describe('dependencies', () => {
  const list = (...entries: string[]) => `dependencies: [${entries.join(', ')}]\n`;

  it.each<[string, Record<string, SampleEntry>, string[]]>([
    [list('{ name: redis, version: 17.x }'), { 'charts/redis-17.1.0.tgz': redis }, []],
    [list('{ name: redis, version: 17.x }'), {}, ['error helm-vendored Chart.yaml:4:18']],
    [
      list('{ name: redis, version: ^18.0.0 }'),
      { 'charts/redis-17.1.0.tgz': redis },
      ['warning helm-vendored Chart.yaml:4:31'],
    ],
    [list('{ name: redis }'), { 'charts/redis-17.1.0.tgz': redis }, ['warning helm-vendored Chart.yaml:4:16']],
    [
      list('{ name: redis, version: 17.x, alias: a b }'),
      { 'charts/redis-17.1.0.tgz': redis },
      ['error helm-dependencies Chart.yaml:4:46'],
    ],
    [
      list('{ name: redis, version: 17.x }', '{ name: redis, version: 17.x }'),
      { 'charts/redis-17.1.0.tgz': redis },
      ['error helm-dependencies Chart.yaml:4:50'],
    ],
    [
      list('{ name: redis, version: 17.x }', '{ name: redis, version: 17.x, alias: second }'),
      { 'charts/r.tgz': redis },
      [],
    ],
    [list('null'), {}, ['error helm-dependencies Chart.yaml:4:16']],
    [list('{ version: 1.x }'), {}, ['error helm-dependencies Chart.yaml:4:16']],
  ])('%s', (lines, files, found) => {
    expect(chart(lines, files)).toEqual(found);
  });

  it('a lock file that is out of sync', () => {
    const files = { 'charts/redis-17.1.0.tgz': redis, 'Chart.lock': `# lock\ndigest: sha256:${'0'.repeat(64)}\n` };
    expect(chart(needs.join('\n'), files)).toEqual(['warning helm-lock Chart.lock:2:1']);
    expect(chart(needs.join('\n'), { ...files, 'Chart.lock': 'a: [' })).toEqual(['error helm-lock Chart.lock:1:5']);
  });

  it('of a chart of apiVersion v1, in requirements.yaml', () => {
    const files = {
      'Chart.yaml': 'apiVersion: v1\nname: hello\nversion: 0.1.0\n',
      'requirements.yaml': '# needs\ndependencies:\n  - name: redis\n    version: 17.x\n',
      'templates/a.yml': '',
    };
    expect(judge(files)).toEqual(['error helm-vendored requirements.yaml:3:5']);
  });
});

describe('templates, crds/ and the size', () => {
  it.each<[string, Record<string, SampleEntry>, string]>([
    [
      'an open action',
      { 'templates/a.yaml': 'a: 1\nb: {{ .Values.b }\n' },
      'error helm-templates templates/a.yaml:2:4',
    ],
    ['an open block', { 'templates/_a.tpl': '{{ if .a }}\n' }, 'error helm-templates templates/_a.tpl:1:1'],
    ['no UTF-8', { 'templates/a.yaml': Uint8Array.of(0xff) }, 'error helm-templates templates/a.yaml'],
    ['a README among templates', { 'templates/README.md': 'a' }, 'warning helm-template-names templates/README.md'],
    ['a template in crds/', { 'crds/a.yaml': '{{ if .a }}\na: 1\n{{ end }}\n' }, 'error helm-crds crds/a.yaml:'],
    [
      'something else in crds/',
      { 'crds/a.yaml': 'apiVersion: v1\nkind: Secret\n' },
      'warning helm-crds crds/a.yaml:2:1',
    ],
    ['a README in crds/', { 'crds/README.md': 'a' }, 'warning helm-crds crds/README.md'],
  ])('%s', (_, files, found) => {
    expect(chart('', files)).toEqual([expect.stringContaining(found)]);
  });

  it('definitions of crds/ and of those in charts/, each fault once', () => {
    const broken = soundCrd.replace('storage: true', 'storage: false');
    const files = {
      'Chart.yaml': chartYaml,
      'templates/a.yml': '',
      'crds/a.yaml': broken,
      'crds/old.yaml': 'apiVersion: apiextensions.k8s.io/v1beta1\nkind: CustomResourceDefinition\nmetadata: {}\n',
      'crds/notes.txt': broken,
      'charts/b.tgz': archiveOf({
        'b/Chart.yaml': chartYaml,
        'b/crds/deep/b.JSON': '{ "kind": "CustomResourceDefinition", "metadata": { "name": "b" } }',
        'b/crds/c.yaml': soundCrd,
        'b/templates/d.yaml': broken,
      }),
    };
    expect(faults(treeOf(files), 'helm')).toEqual([
      'error object-api-version charts/b.tgz/b/crds/deep/b.JSON:1:1',
      'error object-name crds/old.yaml:3:1',
      'warning object-unique charts/b.tgz/b/crds/c.yaml:1:1',
      'error crd-versions crds/a.yaml:11:3',
      'error api-removed crds/old.yaml:1:1',
      'warning helm-crds crds/notes.txt',
    ]);
  });

  it('a chart that renders nothing', () => {
    const files = { 'a/Chart.yaml': chartYaml, 'a/templates/_lib.tpl': '', 'a/templates/NOTES.txt': '' };
    expect(judge(files)).toEqual(['warning helm-objects a']);
  });

  it.each([
    ['*.bak\n', ['warning helm-ignore templates/b.bak']],
    ['**/a\n', ['warning helm-ignore .helmignore']],
    ['*.orig\n', []],
  ])('what .helmignore names: %j', (lines, found) => {
    const all = chart('', { '.helmignore': lines, 'templates/b.bak': '' });
    expect(all.filter((line) => line.includes('helm-ignore'))).toEqual(found);
  });

  it('a chart that no Secret takes', () => {
    const files = { 'a/Chart.yaml': chartYaml, 'a/templates/a.yml': '', 'a/files/data': randomBytes(1024 * 1024) };
    expect(judge(files)).toEqual(['error helm-release-size a']);
  });
});
