import { dirname, resolve } from 'node:path';
import { checkTagged } from './reference.ts';
import { TarFile } from './tar-file.ts';
import { decompress } from '../compress/decompress.ts';
import { wrongDiffId } from '../convert.ts';
import { hexOf } from '../digest.ts';
import { ContentError } from '../error.ts';
import { Hashed } from '../hashed.ts';
import { encodeJson, parseConfig, parseManifest } from '../manifest.ts';
import { isIndex, layerCompression } from '../media-type.ts';
import { formatPlatform } from '../platform.ts';
import { readBlob, verified } from '../read.ts';
import { platformsOf, selectPlatform } from '../select.ts';
import { writeWhole } from '../temporary.ts';
import type { ExportOptions } from './layout.ts';
import type { Descriptor, Platform } from '../descriptor.ts';
import type { Fetcher } from '../store.ts';

export interface DockerExportOptions extends ExportOptions {
  /** Which image of an index: a docker-archive holds no index. */
  readonly platform?: Platform;
}

/**
 * Writes what docker load, podman load and skopeo's docker-archive: read: manifest.json, the config, and the layers,
 * uncompressed as docker save and skopeo write them (containers/image docker/internal/tarfile). The same image gives the
 * same bytes. Throws ContentError INGOT_PLATFORM, INGOT_REFERENCE, INGOT_CONVERT_MEDIA_TYPE, INGOT_DIFF_ID,
 * INGOT_DISK_FULL, INGOT_UNWRITABLE, INGOT_MANIFEST, INGOT_BLOB_*; then a file that was there is as it was.
 */
export async function exportDockerArchive(
  root: Descriptor,
  fetcher: Fetcher,
  file: string,
  options: DockerExportOptions = {},
): Promise<void> {
  const target = resolve(file);
  if (options.reference !== undefined) checkTagged(options.reference);
  const image = await onlyImage(root, fetcher, options.platform);
  const manifest = parseManifest(await readBlob(fetcher, image), image);
  const config = await readBlob(fetcher, manifest.config);
  const diffIds = parseConfig(config, manifest.config).rootfs.diff_ids;
  checkLayers(image, manifest.layers, diffIds);
  const item = {
    Config: `${hexOf(manifest.config.digest)}.json`,
    RepoTags: options.reference === undefined ? null : [options.reference],
    Layers: diffIds.map((diffId) => `${hexOf(diffId)}.tar`),
  };
  await writeWhole(dirname(target), async (handle) => {
    const tar = new TarFile(handle);
    await tar.bytes(item.Config, config);
    const written = new Set<string>();
    for (const [index, layer] of manifest.layers.entries()) {
      const diffId = diffIds[index] ?? '';
      if (written.has(diffId)) continue;
      written.add(diffId);
      await tar.content(item.Layers[index] ?? '', () => plain(fetcher, layer, diffId));
      options.onBytes?.(layer.size);
    }
    await tar.bytes('manifest.json', encodeJson([item]));
    await tar.end();
    return target;
  });
}

async function* plain(fetcher: Fetcher, layer: Descriptor, diffId: string): AsyncGenerator<Uint8Array> {
  const compression = layerCompression(layer.mediaType) ?? 'none';
  const tar = new Hashed(decompress(verified(layer, fetcher.fetch(layer)), compression));
  yield* tar;
  const actual = tar.digest();
  if (actual !== diffId) throw wrongDiffId(layer, actual, diffId);
}

async function onlyImage(root: Descriptor, fetcher: Fetcher, platform: Platform | undefined): Promise<Descriptor> {
  if (platform !== undefined) return selectPlatform(fetcher, root, platform);
  if (!isIndex(root.mediaType)) return root;
  const there = await platformsOf(fetcher, root);
  const [only] = there;
  if (only !== undefined && there.length === 1) return selectPlatform(fetcher, root, only);
  throw new ContentError(
    'INGOT_PLATFORM',
    `a docker-archive holds one platform, the image ${root.digest} has ${there.length}`,
    {
      digest: root.digest,
      help: `Choose one of ${there.map(formatPlatform).join(', ')}`,
    },
  );
}

function checkLayers(image: Descriptor, layers: readonly Descriptor[], diffIds: readonly string[]): void {
  if (layers.length !== diffIds.length) {
    const what = `has ${layers.length} layers, but ${diffIds.length} diff_ids in its config`;
    throw new ContentError('INGOT_DIFF_ID', `image ${image.digest} ${what}`, { digest: image.digest });
  }
  const wrong = layers.filter((layer) => layerCompression(layer.mediaType) === undefined);
  if (wrong.length === 0) return;
  const names = wrong.map(({ mediaType, digest }) => `${mediaType} (${digest})`).join(', ');
  throw new ContentError('INGOT_CONVERT_MEDIA_TYPE', `image ${image.digest} has layers that are no tars: ${names}`, {
    digest: image.digest,
    help: 'Only container images can be written as a docker-archive.',
  });
}
