import { isConfig, isIndex, parseConfig, parseIndex, parseManifest, readBlob, verified } from '@ingot/content';
import type { Descriptor, Fetcher, ImageManifest } from '@ingot/content';
import { ProjectError } from '@ingot/workspace';
import { applyLayer, type Unpacked } from './apply-layer.ts';
import { layerTar } from './layer-file.ts';
import { tooLarge, usualLimits, type Limits } from './limits.ts';
import { sortedTree, type BundleTree } from './tree.ts';

/** Indexes within indexes: nobody makes more. */
const deepest = 8;

/**
 * What rukpak's unpacker makes of an image (pkg/source/image_registry.go): of an index the first manifest for
 * linux/amd64, then all layers, each over the one before. `root`: a manifest or an index.
 * Throws ProjectError INGOT_BUNDLE_IMAGE (nothing for linux/amd64), INGOT_BUNDLE_LAYER, INGOT_BUNDLE_LIMIT, and
 * ContentError for blobs that are missing or wrong, and for what is no manifest, no tar.
 */
export async function treeOfImage(
  fetcher: Fetcher,
  root: Descriptor,
  limits: Limits = usualLimits,
): Promise<BundleTree> {
  const descriptor = await unpackedManifest(fetcher, root, 0);
  const manifest = parseManifest(await readBlob(fetcher, descriptor), descriptor);
  const labels = await labelsOf(fetcher, manifest);
  const unpacked: Unpacked = { entries: new Map(), left: limits.entries };
  let left = limits.bytes;
  for (const layer of manifest.layers) {
    const name = `layer ${layer.digest}`;
    if (layer.size > limits.bytes) throw tooLarge(name, `has ${layer.size} bytes, more than ${limits.bytes}`);
    const tar = layerTar(verified(layer, fetcher.fetch(layer)), left);
    await applyLayer(
      unpacked,
      name,
      counted(tar, (bytes) => (left -= bytes)),
    );
  }
  const mediaTypes = [descriptor, manifest.config, ...manifest.layers].map(({ mediaType }) => mediaType);
  return sortedTree(unpacked.entries, { labels, mediaTypes });
}

/** As go-containerregistry chooses (pkg/v1/remote/index.go, childByPlatform): a member without platform is linux/amd64. */
async function unpackedManifest(fetcher: Fetcher, root: Descriptor, depth: number): Promise<Descriptor> {
  if (!isIndex(root.mediaType)) return root;
  const { manifests } = parseIndex(await readBlob(fetcher, root), root);
  const fitting = manifests.find(({ platform }) => {
    return platform === undefined || (platform.os === 'linux' && platform.architecture === 'amd64');
  });
  if (fitting !== undefined && depth < deepest) return unpackedManifest(fetcher, fitting, depth + 1);
  throw new ProjectError('INGOT_BUNDLE_IMAGE', `index ${root.digest} has no manifest for linux/amd64`, {
    digest: root.digest,
    help: 'Unpackers ask for linux/amd64, whatever the machines of the cluster are: build the bundle for it.',
  });
}

/** An artifact has a config that is none. */
async function labelsOf(fetcher: Fetcher, { config }: ImageManifest): Promise<Readonly<Record<string, string>>> {
  if (!isConfig(config.mediaType)) return {};
  return parseConfig(await readBlob(fetcher, config), config).config?.Labels ?? {};
}

async function* counted(
  content: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const part of content) {
    onBytes(part.length);
    yield part;
  }
}
