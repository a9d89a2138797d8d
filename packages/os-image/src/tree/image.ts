import { join } from 'node:path';
import {
  decompress,
  layerCompression,
  readBase,
  readLayerEntries,
  verified,
  type Descriptor,
  type Fetcher,
} from '@ingot/content';
import { ProjectError } from '@ingot/workspace';
import { applyLayer } from './layers.ts';
import { RootTree } from './root-tree.ts';
import { writeStream } from './write-tar.ts';

/**
 * What the layers of an image come to. Each is unpacked into a temporary tar, which its contents are read from later, and
 * checked against its digest and diff_id. Throws ProjectError INGOT_ROOTFS_IMAGE, INGOT_ROOTFS_PATH, and content's
 * errors for an image that is broken.
 * @param temporary an empty folder, which has to stay as long as the tree is used
 */
export async function treeOfImage(
  fetcher: Fetcher,
  descriptor: Descriptor,
  temporary: string,
  signal?: AbortSignal,
): Promise<RootTree> {
  const { manifest, config } = await readBase(fetcher, descriptor);
  const tree = new RootTree();
  for (const [index, layer] of manifest.layers.entries()) {
    const compression = layerCompression(layer.mediaType);
    if (compression === undefined) throw wrong(descriptor, `has a layer of type ${layer.mediaType}`);
    const file = join(temporary, `${descriptor.digest.slice(7, 19)}-${index}.tar`);
    const content = decompress(verified(layer, fetcher.fetch(layer)), compression);
    const { digest } = await writeStream(file, content, signal ? { signal } : {});
    if (digest !== config.rootfs.diff_ids[index]) {
      throw wrong(descriptor, `has a layer ${layer.digest} that is not what its config says`);
    }
    applyLayer(tree, await readLayerEntries(file));
  }
  return tree;
}

function wrong({ digest }: Descriptor, what: string): ProjectError {
  return new ProjectError('INGOT_ROOTFS_IMAGE', `the image ${digest} ${what}`, {
    digest,
    help: 'a root file system is made of a container image with layers that are tars',
  });
}
