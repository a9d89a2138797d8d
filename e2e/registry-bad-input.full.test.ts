import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openRegistries } from '@ingot/registry';
import { BlobStore, copy, LayoutStore, readBlob } from '@ingot/content';

import lock from '../packages/oci/src/generators/lock/generator.ts';
import { NxWorkspace } from '../tools/nx-workspace.ts';
import type { RunResult } from '../tools/nx-workspace.ts';
import { certificateAuthority } from '../tools/registry/certificates.ts';
import { OciRegistry } from '../tools/registry/oci-registry.ts';
import type { Fault } from '../tools/registry/oci-registry.ts';
import { noise } from './killed-push.ts';
import type { SampleImage } from './sample-layout.ts';
import { sampleLayout } from './sample-layout.ts';

/** Where an error points (`7:13` in image.yaml, or `file:7:13`, or nothing), its code, and what it says. */
type Expected = readonly [place: string, code: string, text: RegExp];

const bad = new Map<string, { readonly target: string; readonly expected: readonly Expected[] }>();
const files: Record<string, string | object> = {};

const head = (name: string, from = 'scratch') =>
  `ingot: image/v1\nname: ${name}\nversion: 0.1.0\nfrom: ${from}\nlayers:\n  - files: [{ from: www, to: /www }]\n`;

/** An image whose `target` fails so. `repository` stands in line 7. */
function rejects(name: string, target: string, parts: { from?: string; more?: string }, ...expected: Expected[]): void {
  files[`bad/${name}/image.yaml`] = head(name, parts.from) + (parts.more ?? '');
  files[`bad/${name}/www/index.html`] = name;
  bad.set(name, { target, expected });
}

const users = { ann: 'pass-w0rd', reader: 'r3ader-w0rd' };
const digest = `sha256:${'a'.repeat(64)}`;
let open: OciRegistry;
let closed: OciRegistry;
let secure: OciRegistry;
let authority: string;
let html: ReturnType<typeof createServer>;
let base: SampleImage;
let workspace: NxWorkspace;
let runs: Record<string, RunResult>;
let env: Record<string, string>;

beforeAll(async () => {
  const tls = await certificateAuthority();
  authority = tls.cert;
  html = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Welcome</title>');
  }).listen(0, '127.0.0.1');
  const allow = (user: string | undefined, _name: string, action: string) => user === 'ann' || action === 'pull';
  [open, closed, secure] = await Promise.all([
    OciRegistry.start(),
    OciRegistry.start({ auth: 'basic', users, allow }),
    OciRegistry.start({ tls: await tls.issue('localhost') }),
  ]);
  const page = `localhost:${(html.address() as AddressInfo).port}`;

  // References that nobody can parse.
  for (const [name, repository, code, text] of [
    ['capitals', 'registry.example/Team/App', 'INGOT_REFERENCE_SYNTAX', /capital|lower|upper/i],
    ['slashes', 'registry.example//app', 'INGOT_REFERENCE_SYNTAX', /registry\.example\/\/app/],
    ['port', 'registry.example:x/app', 'INGOT_REFERENCE_SYNTAX', /registry\.example:x/],
    ['scheme', 'https://registry.example/app', 'INGOT_REFERENCE_SYNTAX', /https:/],
    ['tagged', 'registry.example/app:1', 'INGOT_PUSH_REPOSITORY', /has a tag or a digest/],
    ['digested', `registry.example/app@${digest}`, 'INGOT_PUSH_REPOSITORY', /has a tag or a digest/],
    ['bare', 'app', 'INGOT_PUSH_REGISTRY', /names no registry/],
    ['dots', 'registry.example/../../etc', 'INGOT_REFERENCE_SYNTAX', /\.\./],
    ['empty', '""', 'INGOT_', /./],
    ['list', '[registry.example/ok, registry.example/No]', 'INGOT_REFERENCE_SYNTAX', /registry\.example\/No/],
  ] as const) {
    rejects(`repository-${name}`, 'preflight', { more: `repository: ${repository}\n` }, ['7:\\d+', code, text]);
  }
  rejects('tag', 'preflight', { more: 'repository: registry.example/a\ntags: ["a b"]\n' }, [
    '8:\\d+',
    'INGOT_PUSH_TAG',
    /"a b" cannot be a tag/,
  ]);
  for (const [name, from, code] of [
    ['capitals', 'docker://registry.example/Team/App:1', 'INGOT_REFERENCE_SYNTAX'],
    ['nothing', 'docker://', 'INGOT_'],
    ['digest', 'docker://registry.example/app@sha256:abc', 'INGOT_REFERENCE_SYNTAX'],
    ['unlocked', 'docker://registry.example/app:1', 'INGOT_LOCK_MISSING'],
  ] as const) {
    const more = `repository: ${open.host}/from\n`;
    rejects(`from-${name}`, 'image', { from, more }, ['4:\\d+', code, /./]);
  }

  // Registries that are not there, not trusted, closed, or none.
  rejects('host', 'preflight', { more: 'repository: nowhere.invalid/app\n' }, [
    '7:\\d+',
    'INGOT_REGISTRY_HOST',
    /nowhere\.invalid/,
  ]);
  rejects('login', 'preflight', { more: `repository: ${closed.host}/app\n` }, [
    '7:\\d+',
    'INGOT_REGISTRY_DENIED',
    /as reader \(from .*auth\.json\)/,
  ]);
  rejects('certificate', 'preflight', { more: `repository: ${secure.host}/app\n` }, [
    '7:\\d+',
    'INGOT_REGISTRY_ANSWER',
    /does not answer in HTTP/,
  ]);
  rejects('html', 'preflight', { more: `repository: ${page}/app\n` }, ['7:\\d+', 'INGOT_REGISTRY_ANSWER', /HTML/]);
  rejects('push-login', 'push', { more: `repository: ${closed.host}/app\n` }, [
    '7:\\d+',
    'INGOT_REGISTRY_DENIED',
    /as reader/,
  ]);
  rejects('push-html', 'push', { more: `repository: ${page}/app\n` }, [
    '7:\\d+',
    'INGOT_REGISTRY_ANSWER',
    /text\/html/,
  ]);

  // What is attached.
  for (const [name, file, text] of [
    ['missing', 'none.txt', /none\.txt/],
    ['empty', 'empty.txt', /empty/],
    ['folder', 'folder', /folder/],
  ] as const) {
    const attach = `attach:\n  - { artifactType: a/b, files: [{ from: ${file} }] }\n`;
    rejects(`attach-${name}`, 'push', { more: `repository: ${open.host}/attach\n${attach}` }, [
      '9:\\d+',
      'INGOT_',
      text,
    ]);
  }
  files['bad/attach-empty/empty.txt'] = '';
  files['bad/attach-folder/folder/x.txt'] = 'x';

  // Where push.json goes stands a file.
  rejects('result', 'push', { more: `repository: ${open.host}/result\n` }, [
    'bad/result/taken/push.json',
    'INGOT_PUSH_RESULT',
    /pushed, but cannot write/,
  ]);
  files['bad/result/taken'] = '';
  files['bad/result/project.json'] = {
    name: 'result',
    targets: { push: { options: { resultFile: '{projectRoot}/taken/push.json' } } },
  };

  workspace = await NxWorkspace.create({ packages: ['oci', 'solution'], files });
  await workspace.write({
    'auth.json': { auths: { [closed.host]: { auth: Buffer.from(`reader:${users.reader}`).toString('base64') } } },
    'nobody.json': { auths: {} },
    'ca.pem': authority,
  });
  env = { REGISTRY_AUTH_FILE: workspace.path('auth.json'), HOME: workspace.path('.nobody') };
  runs = {};
  const all = [...bad];
  const named = (...targets: string[]) =>
    all.filter(([, { target }]) => targets.includes(target)).map(([name]) => name);
  runs['preflight'] = await many(['preflight'], named('preflight'));
  // Whose image fails is not pushed.
  runs['push'] = runs['image'] = await many(['push'], named('image', 'push'));
  base = await sampleLayout(workspace.path('base'), { layers: [{ noise: noise(3_000_000, 5) }], compression: 'none' });
  await pushBase();
});
afterAll(async () => {
  await workspace?.remove();
  html?.close();
  for (const each of [open, closed, secure]) await each?.[Symbol.asyncDispose]();
});

function many(targets: readonly string[], projects: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const args = ['run-many', '-t', ...targets, '-p', ...projects, '--output-style=static'];
  return workspace.nx(args, { ...env, NX_BATCH_MODE: 'true', ...more });
}

/** The image of the layout `base`, as base:1.0.0 and others, in the open registry. */
async function pushBase(): Promise<void> {
  const registries = openRegistries({ env: { INGOT_STORE: workspace.path('.other') } });
  const repository = registries.repository(`${open.host}/base`);
  const layout = new LayoutStore(workspace.path('base'));
  await copy(base.manifest, layout, repository);
  for (const tag of ['1.0.0', '1.0.1']) await repository.tag(base.manifest, await readBlob(layout, base.manifest), tag);
  await registries.close();
}

/** Sets the `registries` of nx.json. */
async function setRegistries(registries: unknown): Promise<void> {
  await workspace.write({
    'nx.json': {
      ...(await workspace.json<object>('nx.json')),
      plugins: [{ plugin: '@ingot/oci/plugin', options: { registries } }],
    },
  });
}

describe('an image that is wrong', () => {
  it.each(['preflight', 'image', 'push'])('fails the run of %s', (target) => {
    expect(runs[target]!.code, runs[target]!.all).not.toBe(0);
  });

  it('has its error at its place', () => {
    for (const [name, { target, expected }] of bad) {
      const { all } = runs[target]!;
      const said = all.split('\n').filter((line) => line.startsWith(`bad/${name}/`));
      expect(said, `${name}: ${all}`).toHaveLength(expected.length);
      for (const [index, [place, code, text]] of expected.entries()) {
        const where = /^\d/.test(place) ? `bad/${name}/image.yaml:${place}` : place;
        expect(said[index]).toMatch(new RegExp(`^${where}  ${code}`));
        expect(said[index]).toMatch(text);
      }
      expect(all).toMatch(new RegExp(`^- ${name}:${target}$`, 'm'));
    }
  });

  it('has been pushed where its result alone cannot be written, and is not where its files are wrong', () => {
    expect(open.repository('result').tags.has('0.1.0')).toBe(true);
    expect(open.repository('attach').tags.size).toBe(0);
    expect(open.repository('attach').manifests.size).toBe(0);
  });
});

describe('a preflight', () => {
  it('tells no login from one that is not enough, and names the setting that trusts a CA', async () => {
    await setRegistries({ [secure.host]: { plainHttp: false } });
    const nobody = { REGISTRY_AUTH_FILE: workspace.path('nobody.json') };
    const { code, all } = await many(['preflight'], ['login', 'certificate'], nobody);
    expect(code).not.toBe(0);
    expect(all).toMatch(/bad\/login\/image\.yaml:7:1 {2}INGOT_REGISTRY_LOGIN .*wants a login to push/);
    expect(all).toContain(`ingot login ${closed.host}`);
    expect(all).toMatch(/bad\/certificate\/image\.yaml:7:1 {2}INGOT_REGISTRY_CERTIFICATE/);
    expect(all).toMatch(/help: .*"caFile" for localhost:\d+/);
    await setRegistries({ [secure.host]: { caFile: 'ca.pem' } });
    const trusted = await workspace.nx(['run', 'certificate:preflight'], env);
    expect(trusted.code, trusted.all).toBe(0);
  });
});

describe('nx g lock', () => {
  const generate = (more: Readonly<Record<string, string>> = {}) =>
    workspace.nx(['g', '@ingot/oci:lock'], { ...env, ...more });
  /** The only project files are these: source by folder. */
  async function only(sources: Readonly<Record<string, string>>): Promise<void> {
    await rm(workspace.path('bad'), { recursive: true, force: true });
    await rm(workspace.path('from'), { recursive: true, force: true });
    for (const [name, source] of Object.entries(sources)) {
      await workspace.write({ [`from/${name}/image.yaml`]: head(name, source), [`from/${name}/www/index.html`]: name });
    }
  }

  it('names near tags, and the line that asks', async () => {
    await only({ tag: `docker://${open.host}/base:1.0.2` });
    const { code, all } = await generate();
    expect(code).not.toBe(0);
    expect(all).toMatch(
      /from\/tag\/image\.yaml:4:\d+ {2}INGOT_REGISTRY_MISSING .*\/base has no tag \\?"1\.0\.2\\?"; there is .*1\.0\.1/,
    );
    expect(existsSync(workspace.path('ingot.lock'))).toBe(false);
  });

  it('refuses a manifest of more than 4 MiB, a page of HTML, and a reference of no form', async () => {
    const { FsTree } = await import('nx/src/generators/tree.js');
    const page = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' };
    const answers: [Fault | undefined, string, string][] = [
      [{ change: (body) => Buffer.concat([body, Buffer.alloc(5 << 20, 32)]) }, 'INGOT_REGISTRY_LIMIT', '/base:1.0.0'],
      [page, 'INGOT_REGISTRY_ANSWER', '/base:1.0.0'],
      [undefined, 'INGOT_REFERENCE_SYNTAX', '/Base:1.0.0'],
    ];
    for (const [fault, expected, name] of answers) {
      await only({ large: `docker://${open.host}${name}` });
      open.faults = ({ path }) => (path.endsWith('manifests/1.0.0') ? fault : undefined);
      const tree = new FsTree(workspace.root, false);
      const message = expect.stringMatching(new RegExp(`^from/large/image\\.yaml:4:\\d+  ${expected}  `));
      await expect(lock(tree, {})).rejects.toMatchObject({ message });
      open.faults = undefined;
      expect(tree.listChanges()).toEqual([]);
    }
  });

  it('asks nobody offline', async () => {
    await only({ base: `docker://${open.host}/base:1.0.0` });
    open.requests.length = 0;
    const { code, all } = await generate({ INGOT_OFFLINE: '1' });
    expect(code).not.toBe(0);
    expect(all).toMatch(/from\/base\/image\.yaml:4:\d+ {2}INGOT_OFFLINE .*base/);
    expect(open.lines).toEqual([]);
    expect(existsSync(workspace.path('ingot.lock'))).toBe(false);
  });

  it('is refused by a lock whose references have no form', async () => {
    const lock = `ingot: lock/v1\nimages:\n  - image: registry.example/Team/App:1@${digest}\n`;
    await workspace.write({ 'ingot.lock': lock });
    const { code, all } = await generate();
    expect(code).not.toBe(0);
    expect(all).toMatch(/ingot\.lock:3:\d+ {2}INGOT_REFERENCE_SYNTAX/);
    expect(await workspace.read('ingot.lock')).toBe(lock);
    await rm(workspace.path('ingot.lock'));
  });

  it('lets a full disk leave nothing broken in the store', async () => {
    await only({ upon: `docker://${open.host}/base:1.0.0` });
    // A layer of the base is needed where it is exported.
    expect(await generate()).toMatchObject({ code: 0 });
    const disk = workspace.path('disk');
    await mkdir(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk]);
    try {
      const small = { ...env, INGOT_STORE: join(disk, 'store') };
      const { code, all } = await workspace.nx(['run', 'upon:export', '--format=oci-archive'], small);
      expect(code).not.toBe(0);
      expect(all).toMatch(/^disk\/store {2}INGOT_DISK_FULL /m);
      expect(all).toContain('INGOT_STORE');
      const store = new BlobStore(join(disk, 'store'));
      for (const layer of base.layers) expect(await store.exists(layer)).toBe(false);
      const found = await readdir(join(disk, 'store'), { recursive: true });
      const sizes = await Promise.all(found.map(async (name) => (await stat(join(disk, 'store', name))).size));
      expect(Math.max(...sizes)).toBeLessThan(1_000_000);
      execFileSync('mount', ['-o', 'remount,size=32m', disk]);
      const again = await workspace.nx(['run', 'upon:export', '--format=oci-archive'], small);
      expect(again.code, again.all).toBe(0);
      expect(await store.exists(base.layers[0]!)).toBe(true);
    } finally {
      execFileSync('umount', ['-l', disk]);
    }
  });
});

describe('INGOT_OFFLINE', () => {
  it('ends a push and a preflight with what they would have asked', async () => {
    await workspace.write({
      'from/upon/image.yaml': `${head('upon')}repository: ${open.host}/offline\n`,
    });
    open.requests.length = 0;
    const { code, all } = await many(['push', 'preflight'], ['upon'], { INGOT_OFFLINE: '1' });
    expect(code).not.toBe(0);
    const said = all.match(/from\/upon\/image\.yaml:7:1 {2}INGOT_OFFLINE .*\/offline/g);
    expect(said, all).toHaveLength(2);
    expect(open.lines).toEqual([]);
  });
});

describe('the workspace', () => {
  it('may have one file that names a repository in a folder', async () => {
    const artifact = `ingot: artifact/v1\nname: upon\nversion: 1.0.0\nfiles: [{ from: a.txt }]\nrepository: ${open.host}/b\n`;
    await workspace.write({
      'from/upon/image.yaml': `${head('upon')}repository: ${open.host}/a\n`,
      'from/upon/artifact.yaml': artifact,
      'from/upon/a.txt': 'a',
    });
    const { code, all } = await workspace.nx(['run', 'upon:push'], env);
    expect(code).not.toBe(0);
    expect(all).toMatch(/from\/upon\/artifact\.yaml:1:1 {2}INGOT_TARGET_CLASH .*"push".*from\/upon\/image\.yaml/);
    expect(all).toContain('leave `repository` out of one of the two');
    await rm(workspace.path('from/upon/artifact.yaml'));
  });

  it('may say of registries what they have', async () => {
    await setRegistries({ [open.host]: { plainHttp: 'yes' } });
    const { code, all } = await workspace.nx(['run', 'upon:preflight'], env);
    expect(code).not.toBe(0);
    expect(all).toMatch(/nx\.json {2}INGOT_REGISTRY_OPTION .*plainHttp of localhost:\d+ is "yes"/);
  });
});
