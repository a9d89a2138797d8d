import { join } from 'node:path';
import {
  assembleImage,
  assembleIndex,
  createLayer,
  formatPlatform,
  LayoutStore,
  readTarEntries,
  refName,
  type AssembledImage,
  type ImageSettings,
  type LayerEntry,
  type Platform,
} from '@ingot/content';
import type { ImageResult } from '@ingot/workspace';
import type { RootfsArchitecture } from '../../rootfs/result.ts';
import type { FormatInput, MadeFormat } from '../format.ts';

interface Made extends AssembledImage {
  readonly platform: Platform;
}

/**
 * The root file system as a container image of one layer, for several architectures an index; `facts.image` is its
 * image.json. Devices are left out, with a note: a container gets its own, and without root nobody could unpack them. Throws what
 * `readTarEntries` and `createLayer` throw.
 */
export async function makeContainer(input: FormatInput): Promise<MadeFormat> {
  const store = new LayoutStore(input.folder);
  const images: Made[] = [];
  for (const rootfs of input.rootfs.architectures) images.push(await makeImage(input, rootfs, store));
  const root = images.length === 1 ? images[0]!.descriptor : await assembleIndex(images, {}, store);
  await store.setRoots([{ ...root, annotations: { [refName]: input.version } }]);
  const { mediaType, digest, size } = root;
  return {
    files: images.map(({ manifest: { layers }, platform }) => ({
      path: `blobs/sha256/${layers[0]!.digest.slice('sha256:'.length)}`,
      size: layers[0]!.size,
      digest: layers[0]!.digest,
      architecture: platform.architecture,
      role: 'layer',
    })),
    roots: [{ layout: '.', mediaType, digest, size, suffix: '' }],
    facts: { image: resultOf(input, images, { mediaType, digest, size }) },
  };
}

async function makeImage(input: FormatInput, rootfs: RootfsArchitecture, store: LayoutStore): Promise<Made> {
  const { description, time, rootfsFolder } = input;
  const { architecture, tar } = rootfs;
  const platform: Platform = { os: 'linux', architecture };
  const all = await readTarEntries(join(rootfsFolder, tar.path));
  const entries = all.filter(isNoDevice);
  noteDevices(all, architecture, input);
  input.signal.throwIfAborted();
  const onBytes = input.stage(`compressing the layer of ${architecture}`, tar.size);
  const layer = await createLayer(entries, { mtime: time }, stoppable(store, input.signal));
  onBytes(tar.size);
  const created = { ...layer, createdBy: `root file system of ${description.name}` };
  const config = settingsOf(entries);
  return { ...(await assembleImage({ layers: [created], platform, config, created: time }, store)), platform };
}

/** Writes to `store` until `signal` aborts. */
function stoppable(store: LayoutStore, signal: AbortSignal): Pick<LayoutStore, 'ingest'> {
  async function* until(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const part of content) {
      signal.throwIfAborted();
      yield part;
    }
  }
  return { ingest: (mediaType, content) => store.ingest(mediaType, until(content)) };
}

function isNoDevice({ type }: LayerEntry): boolean {
  return type !== 'character' && type !== 'block';
}

function noteDevices(all: readonly LayerEntry[], architecture: string, { note }: FormatInput): void {
  const devices = all.filter((entry) => !isNoDevice(entry));
  if (devices.length === 0) return;
  const what = devices.length === 1 ? 'a device is' : `${devices.length} devices are`;
  note(
    `${what} left out of ${architecture} (${devices[0]!.path}${devices.length > 1 ? ', …' : ''}): a container has its own`,
  );
}

/** Who runs it gets a shell, as of Debian's own image: /sbin/init starts in no container that is not made for it. */
function settingsOf(entries: readonly LayerEntry[]): ImageSettings {
  const paths = new Set(entries.map(({ path }) => path));
  const shell = ['bash', 'sh'].find((name) => paths.has(`bin/${name}`) || paths.has(`usr/bin/${name}`));
  return {
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    ...(shell === undefined ? {} : { cmd: [`/bin/${shell}`] }),
  };
}

function resultOf(
  { description, version }: FormatInput,
  images: readonly Made[],
  root: Pick<ImageResult, 'mediaType' | 'digest' | 'size'>,
): ImageResult {
  const repositories = description.push.flatMap(({ format, repository }) =>
    format === 'container' ? [repository] : [],
  );
  return {
    ingot: 'image-result/v1',
    name: description.name,
    version,
    ...root,
    platforms: images.map(({ platform, descriptor, manifest }) => ({
      platform: formatPlatform(platform),
      digest: descriptor.digest,
      size: [manifest.config, ...manifest.layers].reduce((sum, { size }) => sum + size, 0),
    })),
    inherited: [],
    ...(repositories.length === 0 ? {} : { repositories }),
  };
}
