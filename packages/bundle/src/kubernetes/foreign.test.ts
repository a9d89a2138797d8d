import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { kubernetesProgram } from '../../../../tools/kubernetes/programs.ts';
import { parseManifest } from './manifest.ts';

const run = promisify(execFile);
let folder: string;
let program: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-kubectl-'));
  program = await kubernetesProgram('kubectl');
});
afterAll(() => rm(folder, { recursive: true }));

/** A map with some data, and a label that is there already: kubectl changes nothing. */
const map = (name: string, data = '') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, labels: { a: b } }\n${data}`;

/** The objects as kubectl reads them, by the reader that rukpak uses (cli-runtime's builder); undefined: it refuses them. */
async function theirs(text: string): Promise<unknown[] | undefined> {
  const file = join(folder, 'a.yaml');
  await writeFile(file, text);
  // Documents of comments alone are no objects: kubectl has nothing to do then, and says so.
  const args = ['label', '--local', '--overwrite', '-f', file, 'a=b', '-o', 'json'];
  try {
    const { stdout } = await run(program, args, { env: { HOME: folder } });
    return (JSON.parse(`[${stdout.replaceAll(/\n\}\n\{/g, '\n},\n{')}]`) as unknown[]).flatMap(itemsOf);
  } catch (error) {
    return /no objects passed|recognized as YAML|must provide one or more resources/.test(
      (error as { stderr: string }).stderr,
    )
      ? []
      : undefined;
  }
}

function itemsOf(object: unknown): unknown[] {
  const { kind, items } = object as { kind?: string; items?: unknown[] };
  return kind === 'List' && items ? items : [object];
}

const ours = (text: string) => {
  const { objects, problems } = parseManifest('a.yaml', Buffer.from(text));
  return problems.some(({ kind }) => kind !== 'duplicate') ? undefined : objects.map(({ value }) => value);
};

it.each<[what: string, text: string]>([
  ['one object', map('a')],
  ['several', `${map('a')}---\n${map('b')}---\n# none\n---\n${map('c')}`],
  ['JSON', '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","labels":{"a":"b"}}}'],
  ['a list', `apiVersion: v1\nkind: List\nitems:\n  - ${map('a').trim().replaceAll('\n', '\n    ')}\n`],
  [
    'booleans of YAML 1.1',
    map('a', 'data: { a: yes, b: on, c: "no", d: y, e: True, f: .5, g: 0755, h: 1e3, i: ~, j: 1:20 }\n'),
  ],
  ['keys that are no texts', map('a', 'data: { 1: a, true: b, 1.5: c }\n')],
  ['a key that is there twice', map('a', 'data: { a: x }\ndata: { b: y }\n')],
  ['anchors and merge keys', `${map('a')}x: &x { p: 1 }\ny: { <<: *x, q: 2 }\n`],
  ['texts of several lines', map('a', 'data:\n  a: |\n    one\n    two\n  b: >-\n    one\n    two\n')],
  ['carriage returns', map('a', 'data: { a: x }\n').replaceAll('\n', '\r\n')],
  ['comments alone', '# nothing\n---\n# here\n'],
])('what kubectl reads we read: %s', async (_, text) => {
  const read = await theirs(text);
  expect(read).toBeDefined();
  expect(ours(text)).toEqual(read);
});

it.each<[what: string, text: string]>([
  ['broken YAML', 'a: [\n'],
  ['a tab', `${map('a')}data:\n\ta: b\n`],
  ['a list at the top', '- a\n'],
  ['a text', 'hello\n'],
  ['an unknown alias', `${map('a')}data: *nowhere\n`],
  [
    'a bomb of aliases',
    `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi'].map((key, i) => `${key}: &${key} [${`*${'abcdefgh'[i]},`.repeat(9)}]`).join('\n')}\n`,
  ],
  ['control characters', map('a', 'data: { a: "\u0001" }\n')],
  ['text behind ---', `--- {a: b}\n`],
])('what kubectl refuses we refuse: %s', async (_, text) => {
  expect(await theirs(text)).toBeUndefined();
  expect(ours(text)).toBeUndefined();
});
