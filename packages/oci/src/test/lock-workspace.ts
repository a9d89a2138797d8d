import { assembleImage, assembleIndex, copy, createLayer, MemoryStore, readBlob } from '@ingot/content';
import { openRegistries } from '@ingot/registry';
import { afterAll, beforeAll } from 'vitest';
import { NxWorkspace } from '../../../../tools/nx-workspace.ts';
import { OciRegistry } from '../../../../tools/registry/oci-registry.ts';

const amd64 = { os: 'linux', architecture: 'amd64' };
const arm64 = { os: 'linux', architecture: 'arm64' };

/** An index of two platforms with a layer each, under these tags. */
export async function pushBase(host: string, repository: string, says: string, ...tags: string[]): Promise<string> {
  const memory = new MemoryStore();
  const images = [];
  for (const platform of [amd64, arm64]) {
    const content = Buffer.from(`${says} ${platform.architecture}\n`.repeat(2000));
    const file = {
      path: 'base.txt',
      type: 'file',
      mode: 0o644,
      uid: 0,
      gid: 0,
      size: content.length,
      content,
    } as const;
    const layer = await createLayer([file], { mtime: 0 }, memory);
    const { descriptor } = await assembleImage({ layers: [layer], platform, created: 0 }, memory);
    images.push({ descriptor, platform });
  }
  const root = await assembleIndex(images, {}, memory);
  const registries = openRegistries({ env: {} });
  const remote = registries.repository(`${host}/${repository}`);
  await copy(root, memory, remote);
  for (const tag of tags) await remote.tag(root, await readBlob(memory, root), tag);
  await registries.close();
  return root.digest;
}

const image = (name: string, from: string, more = '') =>
  `ingot: image/v1\nname: ${name}\nversion: 0.1.0\nfrom: ${from}\nlayers:\n  - files: [{ from: www, to: /www }]\n${more}`;

/** A workspace of images on bases of a registry, for all tests of a file; `pinned` are the digests of the bases. */
export function lockWorkspace() {
  let registry: OciRegistry;
  let workspace: NxWorkspace;
  let pinned: Record<'one' | 'two', string>;

  beforeAll(async () => {
    registry = await OciRegistry.start();
    const { host } = registry;
    pinned = {
      one: await pushBase(host, 'base/one', 'first', '1.0'),
      two: await pushBase(host, 'base/two', 'second', '2.0'),
    };
    workspace = await NxWorkspace.create({
      packages: ['oci'],
      files: {
        'one/image.yaml': image('one', `docker://${host}/base/one:1.0`, `repository: ${host}/apps/one\n`),
        'one/www/index.html': 'one',
        'two/image.yaml': image('two', `docker://${host}/base/two:2.0`),
        'two/www/index.html': 'two',
        'fixed/image.yaml': image('fixed', `docker://${host}/base/one@${pinned.one}`),
        'fixed/www/index.html': 'fixed',
        'none/image.yaml': image('none', 'scratch'),
        'none/www/index.html': 'none',
        'upon/image.yaml': image('upon', 'project:one', `repository: ${host}/apps/upon\n`),
        'upon/www/index.html': 'upon',
      },
    });
  });
  afterAll(async () => {
    await workspace?.remove();
    await registry?.[Symbol.asyncDispose]();
  });
  return {
    get registry() {
      return registry;
    },
    get workspace() {
      return workspace;
    },
    get pinned() {
      return pinned;
    },
  };
}
