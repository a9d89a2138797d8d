import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { NxWorkspace } from '../tools/nx-workspace.ts';
import { referee } from '../tools/referee.ts';
import { root } from '../tools/repository.ts';

/** The same on every machine. It changes when the example, esbuild's program or a format of ours does, and only then. */
const expected = '11b5a4ea30db4ccc91a0da5784d0677edc94c7b5c60185cd5d40aa25a68becf1';

const iso = 'examples/hello-solution/dist/hello-solution-0.1.0.iso';
let workspace: NxWorkspace;

async function exampleWorkspace(): Promise<NxWorkspace> {
  const made = await NxWorkspace.create({ nxJson: { plugins: ['@ingot/oci/plugin', '@ingot/solution/plugin'] } });
  for (const name of ['static-server', 'hello-server', 'hello-ui', 'hello-solution-operator', 'hello-solution']) {
    const filter = (path: string) => basename(path) !== 'dist';
    await cp(join(root, 'examples', name), made.path('examples', name), { recursive: true, filter });
  }
  return made;
}

beforeAll(async () => {
  workspace = await exampleWorkspace();
  const { code, all } = await workspace.nx(['run', 'hello-solution:verify', '--output-style=static']);
  expect(code, all).toBe(0);
});
afterAll(() => workspace.remove());

interface Plan {
  readonly size: number;
  readonly files: readonly { readonly path: string; readonly digest: string; readonly sector?: number }[];
}

describe('hello-solution', () => {
  it('is the same bytes here as everywhere', async () => {
    expect(await sha256(workspace.path(iso))).toBe(expected);
  });

  it('has the manifest where MetalK8s reads it', () => {
    const manifest = execFileSync(referee('isoinfo'), ['-x', '/MANIFEST.YAML;1', '-i', workspace.path(iso)], {
      encoding: 'utf8',
    });
    expect(manifest).toMatch(/^ {2}name: "?hello-solution"?$/m);
    expect(manifest).toMatch(/^ {2}version: "0.1.0"$/m);
  });

  it('holds what the plan says, each file with its digest, at its sector', async () => {
    const plan = await workspace.json<Plan>('examples/hello-solution/dist/plan.json');
    const bytes = await readFile(workspace.path(iso));
    expect(bytes.length).toBe(plan.size);
    const folder = await extracted();
    for (const { path, digest, sector } of plan.files) {
      expect(`sha256:${await sha256(join(folder, path))}`, path).toBe(digest);
      const content = await readFile(join(folder, path));
      expect(bytes.subarray(sector! * 2048, sector! * 2048 + content.length).equals(content), path).toBe(true);
    }
  });

  it.each([
    ['hello-server', '0.1.0', 8080, '/', 'Hello from the server.'],
    ['hello-solution-ui', 'stable', 8081, '/', 'Hello Solution'],
    ['hello-solution-operator', '0.1.0', 8383, '/healthz', 'ok'],
  ])('runs %s:%s from the layers on the ISO', async (name, tag, port, path, text) => {
    const image = join(await extracted(), 'images', name, tag);
    const rootFs = await unpacked(image, `${name}-${tag}`);
    const config = JSON.parse(await readFile(join(image, await configOf(image)), 'utf8')) as ImageConfig;
    const free = await freePort();
    const [program = '', ...args] = config.config.Entrypoint.map((each) =>
      each.replace(`0.0.0.0:${port}`, `127.0.0.1:${free}`),
    );
    const [uid, gid] = config.config.User.split(':').map(Number);
    const user = [`--userspec=${uid}:${gid}`];
    const child = spawn('chroot', [...user, rootFs, program, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    let output = '';
    child.stderr.on('data', (part: Buffer) => (output += part.toString()));
    try {
      expect(await fetchText(`http://127.0.0.1:${free}${path}`, () => output)).toContain(text);
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('leaves everything after an image a cache hit where the image comes out the same', async () => {
    const file = 'examples/hello-server/image.yaml';
    await workspace.write({ [file]: `${await workspace.read(file)}# a remark\n` });
    const { code, all } = await workspace.nx(['run', 'hello-solution:pack', '--output-style=static', '--verbose']);
    expect(code, all).toBe(0);
    expect(cacheHits(all, 'hello-server:image')).toBe(false);
    expect(cacheHits(all, 'hello-solution:plan')).toBe(true);
    expect(cacheHits(all, 'hello-solution:pack')).toBe(true);
  });

  it('is affected by a page of its UI, and by nothing of a stranger’s', async () => {
    const affected = async (file: string) =>
      (await workspace.nx(['show', 'projects', '--affected', `--files=${file}`])).stdout
        .split('\n')
        .filter(Boolean)
        .sort();
    expect(await affected('examples/hello-ui/www/index.html')).toEqual(['hello-solution', 'hello-ui']);
    expect(await affected('examples/hello-solution/docs/README.md')).toEqual(['hello-solution']);
  });
});

interface ImageConfig {
  readonly config: { readonly Entrypoint: readonly string[]; readonly User: string };
}

interface Manifest {
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly digest: string }[];
}

async function manifestIn(image: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(image, 'manifest.json'), 'utf8')) as Manifest;
}

async function configOf(image: string): Promise<string> {
  return (await manifestIn(image)).config.digest.slice('sha256:'.length);
}

let folder: Promise<string> | undefined;

/** The ISO's files, as bsdtar reads them through Rock Ridge. */
function extracted(): Promise<string> {
  folder ??= (async () => {
    const into = workspace.path('extracted');
    await mkdir(into);
    execFileSync(referee('bsdtar'), ['-x', '-f', workspace.path(iso), '-C', into]);
    return into;
  })();
  return folder;
}

async function unpacked(image: string, name: string): Promise<string> {
  const into = workspace.path('rootfs', name);
  await mkdir(into, { recursive: true });
  for (const { digest } of (await manifestIn(image)).layers) {
    execFileSync(referee('tar'), ['-x', '-z', '-p', '-f', join(image, digest.slice('sha256:'.length)), '-C', into]);
  }
  return into;
}

async function sha256(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}

/** Whether Nx took the task's output from its cache, as its static output says. */
function cacheHits(output: string, task: string): boolean {
  const line = output.split('\n').find((each) => each.includes(`nx run ${task}`));
  if (line === undefined) throw new Error(`${task} did not run:\n${output}`);
  return /\[(local cache|existing outputs match the cache[^\]]*|remote cache)\]/.test(line);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Asks until the server answers, as a probe would; gives up when it has ended or after a minute. */
async function fetchText(url: string, output: () => string): Promise<string> {
  for (let tries = 0; tries < 600; tries++) {
    try {
      return await (await fetch(url)).text();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error(`${url} did not answer; the program said: ${output()}`);
}
