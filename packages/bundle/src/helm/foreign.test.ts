import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { kubernetesProgram } from '../../../../tools/kubernetes/programs.ts';
import { treeOfFolder } from '../tree/from-folder.ts';
import { verifyTree } from '../verify/verify-image.ts';
import { archiveOf } from './test/archive-of.ts';

const run = promisify(execFile);
let folder: string;
let program: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-helm-'));
  program = await kubernetesProgram('helm');
});
afterAll(() => rm(folder, { recursive: true }));

const head = 'apiVersion: v2\nname: hello\nversion: 0.1.0\n';
const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n';
const redis = archiveOf({ 'redis/Chart.yaml': 'apiVersion: v2\nname: redis\nversion: 17.1.0\n' });
let count = 0;

/** What Helm says where it fails. */
function refusal(...args: string[]): Promise<string | undefined> {
  return run(program, args).then(
    () => undefined,
    (error: { stderr: string }) => error.stderr.trim(),
  );
}

/** What we say of a chart, in errors, and whether Helm renders it, and has nothing against it. */
async function both(files: Readonly<Record<string, string | Uint8Array>>) {
  const chart = join(folder, String(count++), 'hello');
  for (const [path, content] of Object.entries({ 'Chart.yaml': head, 'templates/a.yaml': map, ...files })) {
    await mkdir(dirname(join(chart, path)), { recursive: true });
    await writeFile(join(chart, path), content);
  }
  const errors = verifyTree(await treeOfFolder(chart), { format: 'helm' }).filter(({ level }) => level === 'error');
  const refused = (await refusal('template', 'x', chart, '--kube-version', '1.34.0')) ?? (await refusal('lint', chart));
  return { ours: errors.map(({ message }) => message), theirs: refused };
}

it.each<[what: string, files: Readonly<Record<string, string | Uint8Array>>]>([
  ['a small chart', {}],
  ['a version without patch', { 'Chart.yaml': head.replace('0.1.0', '"1.2"') }],
  ['dots in the name of a file', { 'templates/a..b.yaml': map }],
  [
    'a vendored dependency',
    { 'Chart.yaml': `${head}dependencies: [{ name: redis, version: 17.x }]\n`, 'charts/redis-17.1.0.tgz': redis },
  ],
  ['an empty values.yaml', { 'values.yaml': '# none yet\n' }],
  ['a schema that the values keep', { 'values.yaml': 'a: 1\n', 'values.schema.json': '{ "type": "object" }' }],
])('what Helm takes we take: %s', async (_, files) => {
  expect(await both(files)).toEqual({ ours: [], theirs: undefined });
});

it.each<[what: string, files: Readonly<Record<string, string | Uint8Array>>]>([
  ['another apiVersion', { 'Chart.yaml': head.replace('v2', 'v3') }],
  ['no name', { 'Chart.yaml': 'apiVersion: v2\nversion: 0.1.0\n' }],
  ['no version', { 'Chart.yaml': 'apiVersion: v2\nname: hello\n' }],
  ['a version that is none', { 'Chart.yaml': head.replace('0.1.0', 'latest') }],
  ['a name with a slash', { 'Chart.yaml': head.replace('hello', 'a/b') }],
  ['an unknown type', { 'Chart.yaml': `${head}type: service\n` }],
  ['Chart.yaml that is a list', { 'Chart.yaml': '- a\n' }],
  ['Chart.yaml that is broken', { 'Chart.yaml': 'a: [\n' }],
  ['keywords that are a text', { 'Chart.yaml': `${head}keywords: a, b\n` }],
  ['a version of Kubernetes that is none', { 'Chart.yaml': `${head}kubeVersion: new\n` }],
  ['a dependency that is not there', { 'Chart.yaml': `${head}dependencies: [{ name: redis, version: 17.x }]\n` }],
  ['values that are a list', { 'values.yaml': '- a\n' }],
  ['values with a tab', { 'values.yaml': 'a:\n\tb: 1\n' }],
  ['a schema with comments', { 'values.schema.json': '// a\n{}' }],
  ['a broken chart in charts/', { 'charts/a/Chart.yaml': 'a: [' }],
  ['an archive that is none', { 'charts/a.tgz': 'PK' }],
  ['an action without end', { 'templates/b.yaml': 'a: {{ .Values.a\n' }],
  ['a block without end', { 'templates/b.yaml': '{{ if .Values.a }}\na: 1\n' }],
])('what Helm refuses we refuse: %s', async (_, files) => {
  const { ours, theirs } = await both(files);
  expect(theirs).toMatch(/^Error/m);
  expect(ours).not.toEqual([]);
});
