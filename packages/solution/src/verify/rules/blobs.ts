import { parseConfig } from '@ingot/content';
import type { Descriptor, ImageConfig } from '@ingot/content';
import type { IsoEntry } from '@ingot/iso9660';
import type { Archive, ArchiveImage } from '../archive.ts';
import { place } from '../content.ts';
import type { Rule } from '../finding.ts';
import { blobs, each } from './images.ts';

const packAgain = 'Build or pull the image again, and pack the Solution anew.';
/** In bytes: configs are small. */
const largestConfig = 4 * 1024 * 1024;

/** What the blobs of the images are made of. */
export const blobRules: readonly Rule[] = [
  {
    id: 'image-blobs',
    holds: 'every blob that an image names is there, in its size',
    level: 'error',
    reason: 'The registry answers 404 for a missing blob, and the image cannot be pulled.',
    remedy: packAgain,
    check: each(function* (image, archive) {
      for (const blob of image.manifest === undefined ? [] : blobs(image.manifest)) {
        const entry = blobEntry(image, blob, archive);
        if (entry === undefined) yield `the blob ${blob.digest} is missing`;
        else if (entry.size !== blob.size) yield `the blob ${blob.digest} has ${entry.size} bytes, not ${blob.size}`;
      }
    }),
  },
  {
    id: 'image-digests',
    holds: 'every blob has the digest that it is named by',
    level: 'error',
    reason: 'A client refuses a blob whose digest is another.',
    remedy: packAgain,
    check: each(async function* (image, archive) {
      for (const [blob, entry] of present(image, archive)) {
        const { digest } = await archive.contents.facts(entry);
        if (digest !== blob.digest) yield `the blob ${blob.digest} has the digest ${digest}`;
      }
    }),
  },
  {
    id: 'image-gzip',
    holds: 'layers are gzip',
    level: 'error',
    reason: 'The media type says so, and a client takes it at its word.',
    remedy: 'Copy the image with skopeo copy --dest-compress, or pack with Ingot, which recompresses layers.',
    check: each(async function* (image, archive) {
      for (const [blob, entry] of present(image, archive)) {
        if (blob.digest === image.manifest?.config.digest) continue;
        const { head } = await archive.contents.facts(entry);
        // RFC 1952 § 2.3.1: ID1, ID2, and CM 8, deflate.
        if (head[0] !== 0x1f || head[1] !== 0x8b || head[2] !== 8) yield `the layer ${blob.digest} is not gzip`;
      }
    }),
  },
  {
    id: 'image-config',
    holds: 'every image has a sound config, with a diff ID for each layer',
    level: 'error',
    reason: 'containerd unpacks the layers by it.',
    remedy: packAgain,
    check: each(async function* (image, archive) {
      const config = await readConfig(image, archive);
      if (config instanceof Error) yield config.message;
      else if (config !== undefined && config.rootfs.diff_ids.length !== image.manifest?.layers.length) {
        yield `the config has ${config.rootfs.diff_ids.length} diff IDs for ${image.manifest?.layers.length} layers`;
      }
    }),
  },
  {
    id: 'image-diff-ids',
    holds: 'every layer unpacks to its diff ID',
    level: 'error',
    reason: 'containerd refuses a layer that unpacks to something else.',
    remedy: packAgain,
    check: (archive) => (archive.deep ? each(unpackedFaults)(archive) : undefined),
  },
  {
    id: 'image-shared',
    holds: 'equal blobs lie in the ISO once',
    level: 'warning',
    reason: 'MetalK8s recommends hard links, so that a layer which several images share takes its space once.',
    remedy: 'Pack with Ingot, or run hardlink -c images before mkisofs with its option -cache-inodes.',
    async *check(archive) {
      const places = new Map<string, { where: string; path: string }>();
      for (const image of archive.images) {
        for (const [blob, entry] of present(image, archive)) {
          const where = place(entry);
          const first = places.get(blob.digest);
          if (first === undefined) places.set(blob.digest, { where, path: entry.path });
          else if (where !== first.where && (await archive.contents.facts(entry)).digest === blob.digest) {
            yield {
              message: `${entry.path} is stored again, with ${entry.size} bytes: it equals ${first.path}`,
              path: entry.path,
            };
          }
        }
      }
    },
  },
];

async function* unpackedFaults(image: ArchiveImage, archive: Archive): AsyncIterable<string> {
  const config = await readConfig(image, archive);
  if (config === undefined || config instanceof Error) return;
  for (const [index, layer] of (image.manifest?.layers ?? []).entries()) {
    const entry = blobEntry(image, layer, archive);
    const expected = config.rootfs.diff_ids[index];
    if (entry === undefined || expected === undefined) continue;
    const { diffId } = await archive.contents.facts(entry, true);
    if (diffId instanceof Error) yield `the layer ${layer.digest} cannot be unpacked: ${diffId.message}`;
    else if (diffId !== expected) yield `the layer ${layer.digest} unpacks to ${diffId}, not ${expected}`;
  }
}

async function readConfig(image: ArchiveImage, archive: Archive): Promise<ImageConfig | Error | undefined> {
  const blob = image.manifest?.config;
  const entry = blob === undefined ? undefined : blobEntry(image, blob, archive);
  if (blob === undefined || entry === undefined) return undefined;
  const bytes = await archive.contents.bytes(entry, largestConfig);
  if (bytes === undefined) return new Error(`the config has ${entry.size} bytes`);
  try {
    return parseConfig(bytes, blob);
  } catch (error) {
    return error as Error;
  }
}

/** The blobs that are there, with the size that they should have. */
function* present(image: ArchiveImage, archive: Archive): Iterable<[Descriptor, IsoEntry]> {
  for (const blob of image.manifest === undefined ? [] : blobs(image.manifest)) {
    const entry = blobEntry(image, blob, archive);
    if (entry?.size === blob.size) yield [blob, entry];
  }
}

function blobEntry(image: ArchiveImage, blob: Descriptor, { tree }: Archive): IsoEntry | undefined {
  const entry = tree.resolve(`${image.folder}/${blob.digest.slice('sha256:'.length)}`);
  return entry?.type === 'file' ? entry : undefined;
}
