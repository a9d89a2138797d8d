import { spawn } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Descriptor } from '@ingot/content';
import { hexOf, LayoutStore, validate } from '@ingot/content';

import { CuttingProxy } from '../tools/registry/cutting-proxy.ts';
import type { DockerRegistry } from '../tools/registry/docker-registry.ts';
import { skopeo } from '../tools/registry/skopeo.ts';
import type { SampleImage } from './sample-layout.ts';
import { sampleLayout } from './sample-layout.ts';

const program = fileURLToPath(new URL('push-program.ts', import.meta.url));

/** Requests, manifests and the config are at most so many bytes, whatever the layers are. */
export const overhead = 64 * 1024;

/** An image of five layers that nothing makes smaller, some megabytes, the same each time. */
export function layeredImage(folder: string): Promise<SampleImage> {
  const sizes = [2_500_000, 1_700_000, 1_200_000, 300_000, 40_000];
  const layers = sizes.map((size, index) => ({ [`noise-${index}`]: noise(size, index + 1) }));
  return sampleLayout(folder, { layers, compression: 'none' });
}

/** Bytes that look random: xorshift32. */
export function noise(size: number, seed: number): Buffer {
  const words = new Uint32Array(Math.ceil(size / 4));
  let state = seed * 2_654_435_761;
  for (let index = 0; index < words.length; index += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[index] = state;
  }
  return Buffer.from(words.buffer, 0, size);
}

export interface Push {
  readonly pid: number;
  /** Its exit code and all that it said; the code is null for one that was killed. */
  readonly done: Promise<{ readonly code: number | null; readonly stdout: string; readonly all: string }>;
  kill(): void;
}

/** Starts push-program.ts. `store` has the locks and records. */
export function startPush(layout: string, store: string, ...references: readonly string[]): Push {
  const child = spawn(process.execPath, ['--conditions=ingot-source', program, layout, ...references], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', INGOT_STORE: store },
  });
  let [stdout, all] = ['', ''];
  child.stdout.on('data', (part: Buffer) => ((stdout += String(part)), (all += String(part))));
  child.stderr.on('data', (part: Buffer) => (all += String(part)));
  const done = new Promise<{ code: number | null; stdout: string; all: string }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, all }));
  });
  return { pid: child.pid!, done, kill: () => void child.kill('SIGKILL') };
}

/** All that a pushed image consists of, but its manifest. */
export const partsOf = ({ config, layers }: SampleImage): readonly Descriptor[] => [config, ...layers];

/** Bytes of the parts that a repository of docker-registry lacks, as its disk has it. */
export async function lacking(registry: DockerRegistry, repository: string, image: SampleImage): Promise<number> {
  const folder = join(registry.storage, 'docker/registry/v2/repositories', repository, '_layers/sha256');
  const names = await readdir(folder).catch(() => []);
  const there = new Set<string>();
  for (const name of names) if (await stat(join(folder, name, 'link')).catch(() => undefined)) there.add(name);
  return partsOf(image).reduce((sum, part) => sum + (there.has(hexOf(part.digest)) ? 0 : part.size), 0);
}

/** Asks, again and again, whether the tag names something, and then for all of that. Its promise tells how often it did. */
export function watchTag(registry: DockerRegistry, repository: string, tag: string, image: SampleImage) {
  let over = false;
  const look = async (): Promise<number> => {
    let resolved = 0;
    while (!over) resolved += (await isWhole(registry, repository, tag, image)) ? 1 : 0;
    return resolved;
  };
  const looked = look();
  looked.catch(() => undefined);
  return async () => {
    over = true;
    return looked;
  };
}

/** False where there is no such tag; throws where it names half an image. */
export async function isWhole(registry: DockerRegistry, repository: string, tag: string, image: SampleImage) {
  const url = (path: string) => `${registry.url}/v2/${repository}/${path}`;
  const accept = { accept: image.manifest.mediaType };
  const answer = await fetch(url(`manifests/${tag}`), { headers: accept });
  await answer.arrayBuffer();
  if (answer.status === 404) return false;
  // docker-registry 2.8 writes a tag's link in its place: in between it reads half a digest, and says that it is invalid.
  if (answer.status === 500) return false;
  const digest = answer.headers.get('docker-content-digest');
  if (digest !== image.manifest.digest) throw new Error(`the tag names ${digest}, HTTP ${answer.status}`);
  for (const { digest } of partsOf(image)) {
    const { status } = await fetch(url(`blobs/${digest}`), { method: 'HEAD' });
    if (status !== 200) throw new Error(`the tag names an image without ${digest}`);
  }
  return true;
}

/**
 * Pushes, is killed when `after` bytes have left it, pushes again, and says what was still to be sent and what was.
 * Throws where the tag ever names half an image, or skopeo and `validate` find anything wrong.
 */
export async function killedAndPushedAgain(
  registry: DockerRegistry,
  after: number,
  layout: string,
  image: SampleImage,
  folder: string,
): Promise<{ readonly rest: number; readonly sent: number; readonly how: readonly [string, string][] }> {
  const repository = `killed/after-${after}`;
  const store = join(folder, 'store');
  await using proxy = await CuttingProxy.start(registry.host);
  proxy.cut({ direction: 'up', after, how: 'stall' });
  const cut = proxy.nextCut();
  const push = startPush(layout, store, `${proxy.host}/${repository}:1`);
  const ended = push.done.then(({ all }) => Promise.reject(new Error(`not killed after ${after} bytes: ${all}`)));
  ended.catch(() => undefined);
  await Promise.race([cut, ended]);
  push.kill();
  await push.done;
  proxy.drop();
  await isWhole(registry, repository, '1', image);
  const rest = await lacking(registry, repository, image);
  const before = proxy.bytes.up;
  const watched = watchTag(registry, repository, '1', image);
  const { code, stdout, all } = await startPush(layout, store, `${proxy.host}/${repository}:1`).done;
  await watched();
  if (code !== 0) throw new Error(`the second push failed:\n${all}`);
  if (!(await isWhole(registry, repository, '1', image))) throw new Error('there is no tag after the second push');
  const pulled = join(folder, 'pulled');
  await skopeo([
    'copy',
    '--preserve-digests',
    '--src-tls-verify=false',
    `docker://${registry.host}/${repository}:1`,
    `oci:${pulled}:1`,
  ]);
  const [root] = await new LayoutStore(pulled).roots();
  if (root?.digest !== image.manifest.digest) throw new Error('skopeo pulled something else');
  for await (const finding of validate(new LayoutStore(pulled), root)) throw new Error(finding.message);
  return { rest, sent: proxy.bytes.up - before, how: JSON.parse(stdout) as [string, string][] };
}
