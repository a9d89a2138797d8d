import { docker } from '@ingot/content';
import type { Descriptor, ImageManifest } from '@ingot/content';
import { imagesFolder } from '../../format/layout.ts';
import { imageNameProblems, imageTagProblems } from '../../format/name.ts';
import { show } from '../../format/problem.ts';
import type { Archive, ArchiveImage } from '../archive.ts';
import type { Fault, Rule } from '../finding.ts';

const copyAgain =
  'Copy the image again: skopeo copy --format v2s2 --dest-compress … dir:images/<name>/<tag>, or pack with Ingot.';

/** What images/ has to look like; what the blobs in it are made of stands in blobs.ts. */
export const imageRules: readonly Rule[] = [
  {
    id: 'images-folder',
    holds: 'images/ is there and has images',
    level: 'error',
    reason: 'MetalK8s refuses to import a Solution without that folder.',
    remedy: 'Put each image into images/<name>/<tag>.',
    check({ tree, images }): Fault[] {
      if (!tree.isFolder(imagesFolder)) return [{ message: 'there is no folder images/' }];
      if (images.length > 0) return [];
      return [{ message: 'images/ has no image', path: imagesFolder, level: 'warning' }];
    },
  },
  {
    id: 'image-names',
    holds: 'names and tags of images are such as registry clients take',
    level: 'error',
    reason: 'They are path components of the registry, and of its nginx configuration.',
    remedy: 'Rename the folder.',
    *check({ images, tree }) {
      for (const name of tree.names(imagesFolder).filter((one) => tree.isFolder(`${imagesFolder}/${one}`))) {
        for (const problem of imageNameProblems(name)) {
          yield { message: problem.message, remedy: problem.help, path: `${imagesFolder}/${name}` };
        }
      }
      for (const image of images) {
        for (const problem of imageTagProblems(image.tag)) {
          yield { message: problem.message, remedy: problem.help, path: image.folder };
        }
      }
    },
  },
  {
    id: 'images-stray',
    holds: 'images/ has nothing but images',
    level: 'warning',
    reason: 'MetalK8s and its registry look at folders images/<name>/<tag> only.',
    remedy: 'Take the file out, or move it elsewhere.',
    *check({ tree, images }) {
      for (const folder of [imagesFolder, ...new Set(images.map(({ name }) => `${imagesFolder}/${name}`))]) {
        for (const name of tree.names(folder)) {
          const path = `${folder}/${name}`;
          if (!tree.isFolder(path)) yield { message: `${path} is no folder`, path };
        }
      }
    },
  },
  {
    id: 'image-manifest-type',
    holds: 'image manifests are Docker schema 2',
    level: 'error',
    reason: 'The registry serves that type only: OCI manifests and indexes get no location and cannot be pulled.',
    remedy: copyAgain,
    check: each(function* ({ digest, mediaType, problem }) {
      if (digest === undefined) yield problem ?? 'there is no manifest.json';
      else if (mediaType !== docker.manifest) yield `manifest.json has the media type ${show(mediaType)}`;
    }),
  },
  {
    id: 'image-manifest',
    holds: 'image manifests are sound',
    level: 'error',
    reason: 'containerd refuses a manifest that it cannot read.',
    remedy: copyAgain,
    check: each(function* ({ mediaType, manifest, problem }) {
      if (mediaType === docker.manifest && manifest === undefined) yield problem ?? 'manifest.json is not sound';
    }),
  },
  {
    id: 'image-version-file',
    holds: 'each image has its file version',
    level: 'warning',
    reason: "It makes the folder one of skopeo's dir: transport, so that skopeo reads it as well.",
    remedy: copyAgain,
    check: each(async function* ({ folder }, { tree, contents }) {
      const entry = tree.resolve(`${folder}/version`);
      const bytes = entry?.type === 'file' ? await contents.bytes(entry, 64) : undefined;
      const text = Buffer.from(bytes ?? []).toString('latin1');
      if (!/^Directory Transport Version: 1\.\d+\n$/.test(text)) {
        yield entry === undefined ? 'there is no file version' : `the file version has ${show(text)}`;
      }
    }),
  },
  {
    id: 'image-media-types',
    holds: 'configs and layers have the media types of Docker schema 2, layers gzip',
    level: 'error',
    reason: 'Older engines take layers of no other kind, and MetalK8s asks for compressed ones.',
    remedy: copyAgain,
    check: each(function* ({ manifest }) {
      if (manifest === undefined) return;
      if (manifest.config.mediaType !== docker.config)
        yield `the config has the media type ${show(manifest.config.mediaType)}`;
      for (const layer of manifest.layers) {
        if (layer.mediaType !== docker.layerGzip)
          yield `layer ${layer.digest} has the media type ${show(layer.mediaType)}`;
      }
    }),
  },
  {
    id: 'image-extra',
    holds: 'images have no files that nothing names',
    level: 'warning',
    reason: 'They cost space and are never read.',
    remedy: 'Remove them, or pack the Solution anew.',
    check: each(function* ({ folder, manifest }, { tree }) {
      if (manifest === undefined) return;
      const named = new Set(['manifest.json', 'version', ...blobs(manifest).map(({ digest }) => digest.slice(7))]);
      for (const name of tree.names(folder))
        if (!named.has(name) && !/^signature-\d+$/.test(name)) yield `nothing names ${name}`;
    }),
  },
];

/** Config and layers, each digest once. */
export function blobs(manifest: ImageManifest): Descriptor[] {
  return [...new Map([manifest.config, ...manifest.layers].map((blob) => [blob.digest, blob])).values()];
}

/** A check of every image; its path is the image's folder. */
export function each(
  check: (image: ArchiveImage, archive: Archive) => Iterable<string> | AsyncIterable<string>,
): (archive: Archive) => AsyncIterable<Fault> {
  return async function* (archive) {
    for (const image of archive.images) {
      for await (const message of check(image, archive))
        yield { message: `${image.name}:${image.tag}: ${message}`, path: image.folder };
    }
  };
}
