import { readFile, stat } from 'node:fs/promises';
import {
  assembleImage,
  assembleIndex,
  createLayer,
  MemoryStore,
  type IndexPart,
  type LayerEntry,
} from '@ingot/content';
import type { Pushable } from '@ingot/oci';
import type { RootfsArchitecture, RootfsResult } from '../rootfs/result.ts';
import { buildFilesOf } from './attachments.ts';

/**
 * The image that docker and podman can pull, which Garden Linux wishes for (features/_oci/README.md): os-release,
 * manifest and log at its root, and what os-release says as labels, so that `skopeo inspect` shows it. There is no
 * program in it: `docker create --name i IMAGE && docker cp i:/os-release -` gets at the files.
 */
export async function informationImage(
  { name, time, architectures }: RootfsResult,
  folder: string,
  version: string,
): Promise<Pushable> {
  const store = new MemoryStore();
  const images: IndexPart[] = [];
  for (const each of architectures) {
    const platform = { os: 'linux', architecture: each.architecture };
    const { entries, labels } = await filesOf(each, folder);
    const layer = await createLayer(entries, { mtime: time, workers: 0 }, store);
    const parts = {
      layers: [{ ...layer, createdBy: `what the build of ${name} tells of itself` }],
      platform,
      // Without a command nobody could `create` a container of it. It is never run.
      config: {
        cmd: ['/os-release'],
        labels: { 'org.opencontainers.image.version': version, ...labels },
      },
      created: time,
    };
    images.push({ descriptor: (await assembleImage(parts, store)).descriptor, platform });
  }
  const root = images.length === 1 ? images[0]!.descriptor : await assembleIndex(images, {}, store);
  return { roots: [{ descriptor: root, suffix: '-info' }], fetcher: store, knownIn: () => [], artifact: undefined };
}

async function filesOf(rootfs: RootfsArchitecture, folder: string) {
  const entries: LayerEntry[] = [];
  let labels: Readonly<Record<string, string>> = {};
  for (const [name, path] of buildFilesOf(rootfs, folder)) {
    const { size } = await stat(path);
    entries.push({ type: 'file', path: name, mode: 0o644, uid: 0, gid: 0, size, content: { path, offset: 0, size } });
    if (name === 'os-release') labels = labelsOf(await readFile(path, 'utf8'));
  }
  return { entries, labels };
}

/** os-release(5): assignments as a shell reads them; of quotes only those around a whole value are taken away. */
function labelsOf(text: string): Readonly<Record<string, string>> {
  const values = new Map(
    text.split('\n').flatMap((line) => {
      const [, name, value = ''] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, value.replace(/^(["'])(.*)\1$/, '$2')] as const];
    }),
  );
  const labels = {
    'org.opencontainers.image.title': values.get('PRETTY_NAME'),
    'org.opencontainers.image.url': values.get('HOME_URL'),
  };
  return Object.fromEntries(
    Object.entries(labels).flatMap(([key, value]) => (value === undefined || value === '' ? [] : [[key, value]])),
  );
}
