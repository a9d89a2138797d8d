import { IsoError } from '../error.ts';
import { readContent } from './content.ts';
import type { IsoRange } from './content.ts';
import type { IsoEntry, IsoView } from './entry.ts';
import { Budget, defaultLimits } from './limits.ts';
import type { IsoLimits } from './limits.ts';
import { openFile } from './random-access.ts';
import type { RandomAccess } from './random-access.ts';
import { jolietTree, primaryTree, rockRidgeTree } from './view.ts';
import type { Tree } from './view.ts';
import { readVolumeDescriptors } from './volume-descriptor.ts';
import type { VolumeDescriptor, VolumeDescriptors } from './volume-descriptor.ts';
import { find, walk } from './walk.ts';

/** An ISO-9660 image that is open for reading. Whatever it throws, on whatever image, is an IsoError. */
export interface IsoImage {
  /** Bytes that there are; `primary.volumeSize` is what the image says it has. */
  readonly size: number;
  readonly volumeId: string;
  readonly jolietVolumeId?: string;
  readonly primary: VolumeDescriptor;
  readonly joliet?: VolumeDescriptor;
  /** The trees of the image, the most telling first: the default view. */
  readonly views: readonly IsoView[];
  /** Everything but the root, each folder before what is in it. Read as it is iterated. */
  list(view?: IsoView): AsyncIterable<IsoEntry>;
  /** `''` is the root. Reads only the folders on the way. Links are not followed. Undefined where nothing is there. */
  stat(path: string, view?: IsoView): Promise<IsoEntry | undefined>;
  /** The content of a file, or a range of it, in chunks of at most 256 KiB. */
  read(entry: IsoEntry, range?: IsoRange): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

export interface OpenIsoOptions {
  readonly limits?: Partial<IsoLimits>;
}

/**
 * Opens an image by the path of a file or block device, or by anything that can be read at any place; `close` closes
 * it either way. Throws INGOT_ISO_OPEN, INGOT_ISO_NONE, INGOT_ISO_UNSUPPORTED, INGOT_ISO_RECORD, INGOT_ISO_READ,
 * INGOT_ISO_TRUNCATED, INGOT_ISO_LIMIT, INGOT_ISO_LOOP; `list` and `stat` also INGOT_ISO_VIEW and INGOT_ISO_NAME.
 */
export async function openIso(source: string | RandomAccess, options: OpenIsoOptions = {}): Promise<IsoImage> {
  const image = typeof source === 'string' ? await openFile(source) : source;
  const limits = { ...defaultLimits, ...options.limits };
  try {
    const descriptors = await readVolumeDescriptors(image, limits);
    const trees = await readTrees(image, descriptors, limits);
    return isoImage(image, descriptors, trees, limits);
  } catch (error) {
    await image.close?.();
    throw error;
  }
}

async function readTrees(image: RandomAccess, descriptors: VolumeDescriptors, limits: IsoLimits): Promise<Tree[]> {
  const { primary, joliet } = descriptors;
  const rockRidge = await rockRidgeTree(image, primary.root, new Budget(limits, image.size));
  return [
    ...(rockRidge === undefined ? [] : [rockRidge]),
    ...(joliet === undefined ? [] : [jolietTree(image, joliet.root)]),
    primaryTree(image, primary.root),
  ];
}

function isoImage(image: RandomAccess, descriptors: VolumeDescriptors, trees: Tree[], limits: IsoLimits): IsoImage {
  const { primary, joliet } = descriptors;
  const budget = () => new Budget(limits, image.size);
  return {
    size: image.size,
    volumeId: primary.volumeId,
    primary,
    ...(joliet !== undefined && { joliet, jolietVolumeId: joliet.volumeId }),
    views: trees.map((tree) => tree.view),
    list: (view) => walk(image, treeOf(trees, view), budget()),
    stat: async (path, view) => find(image, treeOf(trees, view), path, budget()),
    read: (entry, range) => readContent(image, entry, range),
    close: async () => image.close?.(),
  };
}

function treeOf(trees: readonly Tree[], view: IsoView | undefined): Tree {
  const tree = view === undefined ? trees[0] : trees.find((one) => one.view === view);
  if (tree !== undefined) return tree;
  const views = trees.map((one) => one.view).join(', ');
  const help = `Use one of its views: ${views}.`;
  throw new IsoError('INGOT_ISO_VIEW', `the image has no ${view} names, only: ${views}`, { help });
}
