import { execFile } from 'node:child_process';
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { digestOf, exportLayout } from '@ingot/content';
import { fetcherFor, formatError, type ImageResult } from '@ingot/workspace';
import type { ExecutorContext } from '@nx/devkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { referee } from '../../../../tools/referee.ts';
import { runExport } from '../executors/export/run.ts';
import { runImage } from '../executors/image/run.ts';

const run = promisify(execFile);

let root: string;
let context: ExecutorContext;
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'ingot-build-')));
  process.env['INGOT_STORE'] = join(root, '.store');
  const nodes = Object.fromEntries(
    ['app', 'base', 'mid'].map((name) => [
      name,
      { name, type: 'app', data: { root: name, targets: { image: { executor: '@ingot/oci:image' } } } },
    ]),
  );
  context = { root, projectName: 'app', projectGraph: { nodes } } as unknown as ExecutorContext;
});
afterEach(async () => {
  delete process.env['INGOT_STORE'];
  delete process.env['SOURCE_DATE_EPOCH'];
  await rm(root, { recursive: true, force: true });
});

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
}

async function build(project = 'app'): Promise<ImageResult> {
  await runImage({}, { ...context, projectName: project });
  return JSON.parse(await readFile(join(root, project, 'dist/image.json'), 'utf8')) as ImageResult;
}

async function failure(project = 'app'): Promise<string> {
  const thrown: unknown = await build(project).then(
    () => 'nothing was thrown',
    (error: unknown) => error,
  );
  return formatError(thrown, { cwd: root });
}

/** The image's files as umoci unpacks them, and its config. */
async function unpack(layout: string, tag = '0.1.0'): Promise<string> {
  const bundle = join(root, `bundle-${Math.random()}`);
  await run(referee('umoci'), ['unpack', '--image', `${layout}:${tag}`, bundle]);
  return join(bundle, 'rootfs');
}

async function inspect(layout: string, ...args: string[]): Promise<Record<string, never>> {
  const { stdout } = await run(referee('skopeo'), [...args, 'inspect', '--config', `oci:${layout}:0.1.0`]);
  return JSON.parse(stdout) as Record<string, never>;
}

const head = (name: string, from = 'scratch') => `ingot: image/v1\nname: ${name}\nversion: 0.1.0\nfrom: ${from}\n`;
const www = 'layers:\n  - files: [{ from: www, to: /www }]\n';

describe('an image from scratch', () => {
  it('is what umoci and skopeo take it for', async () => {
    await write({
      'app/image.yaml': `${head('app')}layers:
  - files: [{ from: bin/server, to: /server, mode: 0755, owner: 65532:65532 }]
  - files:
      - { from: www, to: /www }
      - { from: 'docs/*.md', to: /docs, mode: "0600" }
entrypoint: [/server, --port=8080]
cmd: [--verbose]
env: { VERSION: 1.10, EMPTY: "" }
user: 65532:65532
workdir: /www
labels: { org.example: x }
annotations: { org.example.note: y }
ports: [8080, 53/udp]
volumes: [/data]
stopSignal: SIGTERM
`,
      'app/bin/server': '#!/bin/sh\n',
      'app/www/index.html': 'page',
      'app/www/deep/er/page.html': 'deep',
      'app/docs/a.md': 'a',
      'app/docs/b.txt': 'b',
    });
    await symlink('index.html', join(root, 'app/www/home.html'));
    const result = await build();
    const layout = join(root, 'app/dist/image');

    const files = await unpack(layout);
    expect(await readFile(join(files, 'server'), 'utf8')).toBe('#!/bin/sh\n');
    expect(await readFile(join(files, 'www/home.html'), 'utf8')).toBe('page');
    expect(await readdir(join(files, 'docs'))).toEqual(['a.md']);
    const server = await stat(join(files, 'server'));
    expect([server.mode & 0o7777, server.uid, server.gid, server.mtimeMs]).toEqual([0o755, 65532, 65532, 0]);
    expect((await stat(join(files, 'docs/a.md'))).mode & 0o7777).toBe(0o600);
    expect((await stat(join(files, 'www/deep/er'))).mode & 0o7777).toBe(0o755);

    expect(await inspect(layout)).toMatchObject({
      architecture: 'amd64',
      os: 'linux',
      created: '1970-01-01T00:00:00Z',
      config: {
        Entrypoint: ['/server', '--port=8080'],
        Cmd: ['--verbose'],
        Env: ['VERSION=1.10', 'EMPTY='],
        User: '65532:65532',
        WorkingDir: '/www',
        Labels: { 'org.example': 'x' },
        ExposedPorts: { '8080/tcp': {}, '53/udp': {} },
        Volumes: { '/data': {} },
        StopSignal: 'SIGTERM',
      },
    });
    const { stdout } = await run(referee('skopeo'), ['inspect', '--raw', `oci:${layout}:0.1.0`]);
    expect(JSON.parse(stdout)).toMatchObject({ annotations: { 'org.example.note': 'y' }, layers: [{}, {}] });
    const digest = await run(referee('skopeo'), ['inspect', '--format', '{{.Digest}}', `oci:${layout}:0.1.0`]);
    expect(digest.stdout.trim()).toBe(result.digest);
    expect(result).toMatchObject({
      name: 'app',
      version: '0.1.0',
      inherited: [],
      platforms: [{ platform: 'linux/amd64' }],
    });
  });

  it('takes its time from SOURCE_DATE_EPOCH', async () => {
    await write({ 'app/image.yaml': head('app') + www, 'app/www/x': 'x' });
    process.env['SOURCE_DATE_EPOCH'] = '1700000000';
    await build();
    expect(await inspect(join(root, 'app/dist/image'))).toMatchObject({ created: '2023-11-14T22:13:20Z' });
    expect((await stat(join(await unpack(join(root, 'app/dist/image')), 'www/x'))).mtimeMs).toBe(1_700_000_000_000);
    process.env['SOURCE_DATE_EPOCH'] = 'yesterday';
    expect(await failure()).toContain('INGOT_SOURCE_DATE_EPOCH');
  });

  it('may have no layer at all', async () => {
    await write({ 'app/image.yaml': head('app') });
    expect((await build()).platforms).toHaveLength(1);
  });
});

describe('an image on another', () => {
  it('holds its own layers only, and names where the others are', async () => {
    await write({
      'base/image.yaml': `${head('base')}${www}env: { A: a, B: b }\nentrypoint: [/a]\n`,
      'base/www/base.html': 'base',
      'mid/image.yaml': `${head('mid', 'project:base')}${www}env: { B: c }\n`,
      'mid/www/mid.html': 'mid',
      'app/image.yaml': head('app', 'project:mid') + www,
      'app/www/app.html': 'app',
    });
    await build('base');
    await build('mid');
    const result = await build();
    expect(result.inherited.map(({ source }) => source)).toEqual(['project:mid', 'project:mid']);
    const own = await readdir(join(root, 'app/dist/image/blobs/sha256'));
    expect(own).toHaveLength(3); // layer, config, manifest
    for (const { digest } of result.inherited) expect(own).not.toContain(digest.slice(7));

    const complete = join(root, 'complete');
    await exportLayout(result, await fetcherFor(context, 'app'), complete, { reference: '0.1.0' });
    expect((await readdir(join(await unpack(complete), 'www'))).sort()).toEqual(['app.html', 'base.html', 'mid.html']);
    expect(await inspect(complete)).toMatchObject({ config: { Env: ['A=a', 'B=c'], Entrypoint: ['/a'] } });
  });

  it('takes an archive of another tool, and finds its layers there again', async () => {
    await write({ 'base/image.yaml': head('base') + www, 'base/www/base.html': 'base' });
    await build('base');
    await mkdir(join(root, 'app'));
    for (const kind of ['oci-archive', 'docker-archive']) {
      const archive = join(root, 'app', `@${kind}.tar`);
      const to = kind === 'oci-archive' ? `${kind}:${archive}:0.1.0` : `${kind}:${archive}:base:0.1.0`;
      await run(referee('skopeo'), ['copy', '-q', `oci:${join(root, 'base/dist/image')}:0.1.0`, to]);
      await write({ 'app/image.yaml': head('app', `${kind}:@${kind}.tar`) + www, 'app/www/app.html': 'app' });
      const result = await build();
      expect(result.inherited).toMatchObject([{ source: `${kind}:app/@${kind}.tar` }]);
      const complete = join(root, `complete-${kind}`);
      await exportLayout(result, await fetcherFor(context, 'app'), complete, { reference: '0.1.0' });
      expect((await readdir(join(await unpack(complete), 'www'))).sort()).toEqual(['app.html', 'base.html']);
    }
  });

  it.each([
    ['project:bsae', 'INGOT_PROJECT_UNKNOWN  no project "bsae"; did you mean "base"?'],
    ['project:base', 'INGOT_IMAGE_NOT_BUILT  the image of base:image is not built'],
    ['base', 'INGOT_SOURCE_SYNTAX'],
    ['oci-archive:../x.tar', 'INGOT_IMAGE_PATH  "../x.tar" leaves the project'],
    ['oci-archive:gone.tar', 'INGOT_'],
    ['docker://nginx', 'INGOT_LOCK_MISSING'],
  ])('reports from: %s at its place', async (from, expected) => {
    await write({ 'app/image.yaml': head('app', from) + www, 'app/www/x': 'x' });
    expect(await failure()).toContain(`app/image.yaml:4:1  ${expected}`);
    expect(await readdir(join(root, 'app'))).not.toContain('dist');
  });

  it('reports a circle', async () => {
    await write({
      'app/image.yaml': head('app', 'project:mid') + www,
      'mid/image.yaml': head('mid', 'project:base') + www,
      'base/image.yaml': head('base', 'project:app') + www,
    });
    expect(await failure()).toContain(
      'app/image.yaml:4:1  INGOT_IMAGE_CYCLE  images are built on each other: app → mid → base → app',
    );
    await write({ 'app/image.yaml': head('app', 'project:app') + www });
    expect(await failure()).toContain('INGOT_IMAGE_CYCLE  images are built on each other: app → app');
  });

  it('reports a base that is not there for the platform', async () => {
    await write({
      'base/image.yaml': head('base') + www,
      'base/www/x': 'x',
      'app/image.yaml': `${head('app', 'project:base')}platforms: [linux/amd64, linux/s390x]\n`,
    });
    await build('base');
    expect(await failure()).toMatch(/^app\/image\.yaml:4:1 {2}INGOT_PLATFORM {2}.*linux\/s390x.*linux\/amd64/);
  });

  it.each(['missing', 'truncated', 'wrong'])('reports a blob of the base that is %s', async (how) => {
    await write({
      'base/image.yaml': head('base') + www,
      'base/www/x': 'x',
      'app/image.yaml': head('app', 'project:base') + www,
      'app/www/x': 'x',
    });
    const { digest } = await build('base');
    const blob = join(root, 'base/dist/image/blobs/sha256', digest.slice(7));
    const bytes = await readFile(blob, 'latin1');
    await rm(blob);
    if (how === 'truncated') await writeFile(blob, bytes.slice(1), 'latin1');
    if (how === 'wrong') await writeFile(blob, bytes.replace('sha256', 'sha257'), 'latin1');
    expect(await failure()).toMatch(/^app\/image\.yaml:4:1 {2}INGOT_BLOB_(MISSING|WRONG)/);
  });
});

describe('an image for several platforms', () => {
  it('is an index, with layers by platform and shared ones made once', async () => {
    await write({
      'app/image.yaml': `${head('app')}platforms: [linux/amd64, linux/arm64/v8]
layers:
  - files: [{ from: 'dist/{os}-{arch}/server', to: /server, mode: 0755 }]
  - files: [{ from: www, to: /www }]
  - files: [{ from: only, to: /only }]
    platforms: [linux/arm64]
`,
      'app/dist/linux-amd64/server': 'amd64',
      'app/dist/linux-arm64/server': 'arm64',
      'app/www/x': 'x',
      'app/only': 'only',
    });
    const result = await build();
    expect(result.mediaType).toBe('application/vnd.oci.image.index.v1+json');
    expect(result.platforms.map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/arm64/v8']);
    const layout = join(root, 'app/dist/image');
    expect(await readdir(join(layout, 'blobs/sha256'))).toHaveLength(4 + 2 + 2 + 1);
    const arm = await inspect(layout, '--override-arch', 'arm64');
    expect(arm).toMatchObject({
      architecture: 'arm64',
      rootfs: { diff_ids: Array<unknown>(3).fill(expect.any(String)) },
    });

    await runExport({ format: 'oci', output: 'out', platform: 'linux/arm64' }, context);
    expect((await readdir(await unpack(join(root, 'out')))).sort()).toEqual(['only', 'server', 'www']);
  });
});

describe('the output', () => {
  it('is the same bytes in another folder, time zone, locale and umask, whatever the order of files', async () => {
    const files = { 'app/image.yaml': head('app') + www, 'app/www/ä': '1', 'app/www/z': '2', 'app/www/A': '3' };
    await write(files);
    await chmod(join(root, 'app/www/z'), 0o600);
    const first = await build();
    const other = join(root, 'another folder');
    await mkdir(other);
    await cp(join(root, 'app'), join(other, 'app'), { recursive: true, filter: (path) => !path.endsWith('dist') });
    const runner = fileURLToPath(new URL('../executors/image/run.ts', import.meta.url));
    const script = `process.umask(0o077);
      const { runImage } = await import(${JSON.stringify(runner)});
      const nodes = { app: { name: 'app', data: { root: 'app', targets: {} } } };
      await runImage({}, { root: process.cwd(), projectName: 'app', projectGraph: { nodes } });`;
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: root,
      TZ: 'Pacific/Chatham',
      LC_ALL: 'tr_TR.UTF-8',
      LANG: 'tr_TR.UTF-8',
    };
    const args = ['--conditions=ingot-source', '--input-type=module', '-e', script];
    await run(process.execPath, args, { cwd: other, env });
    const second = JSON.parse(await readFile(join(other, 'app/dist/image.json'), 'utf8')) as ImageResult;
    expect(second).toEqual(first);
    const blobs = 'app/dist/image/blobs/sha256';
    expect((await readdir(join(other, blobs))).sort()).toEqual((await readdir(join(root, blobs))).sort());
  });

  it('stays as it was where building fails', async () => {
    await write({ 'app/image.yaml': head('app') + www, 'app/www/x': 'x' });
    await build();
    const before = await stat(join(root, 'app/dist/image'));
    await write({ 'app/image.yaml': `${head('app')}${www}  - files: [{ from: gone, to: /gone }]\n` });
    expect(await failure()).toContain('INGOT_IMAGE_NO_FILES');
    expect((await readdir(join(root, 'app/dist'))).sort()).toEqual(['image', 'image.json']);
    expect((await stat(join(root, 'app/dist/image'))).ino).toBe(before.ino);
  });

  it('is made again where it was damaged, and rid of what a killed process left', async () => {
    await write({ 'app/image.yaml': head('app') + www, 'app/www/x': 'x' });
    await build();
    const index = join(root, 'app/dist/image/index.json');
    await writeFile(index, '{}');
    await write({ 'app/dist/.ingot-999999999-0123456789abcdef/index.json': 'half' });
    const old = new Date(Date.now() - 2 * 3_600_000);
    await utimes(join(root, 'app/dist/.ingot-999999999-0123456789abcdef'), old, old);
    await build();
    expect(await readFile(index, 'utf8')).toContain('manifests');
    expect((await readdir(join(root, 'app/dist'))).sort()).toEqual(['image', 'image.json']);
  });

  it('is whole again after another build where a blob was damaged', async () => {
    await write({ 'app/image.yaml': head('app') + www, 'app/www/x': 'x' });
    await build();
    const blobs = join(root, 'app/dist/image/blobs/sha256');
    const names = await readdir(blobs);
    for (const name of names) {
      const bytes = await readFile(join(blobs, name));
      await writeFile(join(blobs, name), bytes.fill(0, 3, 5));
    }
    await build();
    for (const name of names) expect(digestOf(await readFile(join(blobs, name)))).toBe(`sha256:${name}`);
  });

  it('is not built on what a link outside of the project leads to', async () => {
    await write({ 'elsewhere/base/oci-layout': '{}', 'app/image.yaml': head('app', 'oci:link/base') + www });
    await symlink('../elsewhere', join(root, 'app/link'));
    expect(await failure()).toContain('INGOT_IMAGE_PATH  "link/base" leaves the project');
  });

  it('comes back where a process was killed while it replaced it', async () => {
    await write({ 'app/image.yaml': head('app') + www, 'app/www/x': 'x' });
    await build();
    const dist = join(root, 'app/dist');
    const before = await stat(join(dist, 'image'));
    await rename(join(dist, 'image'), join(dist, '.ingot-999999999-0123456789abcdef.old-image'));
    await write({ 'app/image.yaml': `${head('app')}${www}  - files: [{ from: gone, to: /gone }]\n` });
    expect(await failure()).toContain('INGOT_IMAGE_NO_FILES');
    expect((await stat(join(dist, 'image'))).ino).toBe(before.ino);
    expect((await readdir(dist)).sort()).toEqual(['image', 'image.json']);
  });

  it('can be read by all, whatever the umask', async () => {
    const umask = process.umask(0o077);
    try {
      await write({ 'app/image.yaml': head('app') + www, 'app/www/x': 'x' });
      await build();
    } finally {
      process.umask(umask);
    }
    for (const name of ['image.json', 'image/index.json']) {
      expect((await stat(join(root, 'app/dist', name))).mode & 0o777).toBe(0o644);
    }
  });

  it('leaves nothing half-written where it cannot be written', async () => {
    await write({ 'app/image.yaml': head('app') + www, 'app/www/x': 'x', 'app/dist/image.json/in-the-way': '' });
    expect(await failure()).toMatch(/^app\/dist\/image\.json {2}INGOT_IMAGE_OUTPUT {2}cannot write the image: /);
    expect((await readdir(join(root, 'app/dist'))).sort()).toEqual(['image', 'image.json']);
    await rm(join(root, 'app/dist'), { recursive: true });
    await write({ 'app/dist': 'a file' });
    expect(await failure()).toMatch(/INGOT_[A-Z_]+ {2}/);
  });

  it('has no path twice in a layer', async () => {
    await write({
      'app/image.yaml': `${head('app')}layers:\n  - files:\n      - { from: a, to: /x }\n      - { from: b, to: /x/ }\n`,
      'app/a/b': '1',
      'app/b': '2',
    });
    expect(await failure()).toContain('app/image.yaml:8:11  INGOT_IMAGE_PATH_TWICE  /x/b is in this layer already');
  });

  it('is exported for Docker', async () => {
    await write({ 'app/image.yaml': head('app') + www, 'app/www/x': 'x' });
    await build();
    await runExport({ format: 'docker-archive' }, context);
    const archive = join(root, 'app/dist/app-0.1.0.docker.tar');
    const { stdout } = await run(referee('skopeo'), ['inspect', '--config', `docker-archive:${archive}:app:0.1.0`]);
    expect(JSON.parse(stdout)).toMatchObject({ architecture: 'amd64' });
  });

  it.each([
    [() => runExport({ format: 'tar' as 'oci' }, context), 'INGOT_OPTION_VALUE'],
    [() => runExport({ ouput: 'x' } as object, context), 'INGOT_OPTION_UNKNOWN'],
    [() => runImage({ outputPath: 'dist/app' }, context), 'INGOT_OPTION_VALUE'],
    [() => runImage({ outputpath: 'dist/image' } as object, context), 'INGOT_OPTION_UNKNOWN'],
  ])('refuses wrong options: %#', async (work, code) => {
    await expect(work()).rejects.toMatchObject({ code });
  });
});
