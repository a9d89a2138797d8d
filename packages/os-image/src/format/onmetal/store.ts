import { digestOf, oci, type Descriptor, type LayerEntry } from '@ingot/content';
import type { BootImage } from '../boot-image.ts';
import type { SourceFile } from '../write.ts';

/** onmetal-image, image.go. */
export const onmetal = {
  config: 'application/vnd.onmetal.image.config.v1alpha1+json',
  rootfs: 'application/vnd.onmetal.image.rootfs.v1alpha1.rootfs',
  initramfs: 'application/vnd.onmetal.image.initramfs.v1alpha1.initramfs',
  kernel: 'application/vnd.onmetal.image.vmlinuz.v1alpha1.vmlinuz',
} as const;

/** A file of the store: bytes, or a file that is copied. */
export interface StoreFile {
  readonly path: string;
  readonly mode: number;
  readonly content: Uint8Array | SourceFile;
}

export interface OnmetalStore {
  readonly files: readonly StoreFile[];
  /** The manifests, one for each image, in their order. */
  readonly manifests: readonly Descriptor[];
}

/**
 * The files of onmetal-image's local store, byte for byte as its `build`, and its `tag` for each reference, leave it
 * (cmd/build, oci/store, oci/indexer; containerd's local content store makes `ingest` and blobs of mode 0444).
 * @param references full ones, `host/path:tag`, of each image
 */
export function onmetalStore(
  images: readonly { readonly image: BootImage; readonly references: readonly string[] }[],
): OnmetalStore {
  const blobs = new Map<string, StoreFile>();
  const add = (mediaType: string, content: Uint8Array | SourceFile): Descriptor => {
    const { digest, size } = isSource(content) ? content : { digest: digestOf(content), size: content.length };
    blobs.set(digest, { path: `blobs/sha256/${digest.slice('sha256:'.length)}`, mode: 0o444, content });
    return { mediaType, digest, size };
  };
  const entries: Descriptor[] = [];
  const manifests = images.map(({ image, references }) => {
    const manifest = add(oci.manifest, manifestOf(image, add));
    const tagged = references.map((name) => ({
      ...manifest,
      annotations: { 'org.opencontainers.image.ref.name': name },
    }));
    entries.push(manifest, ...tagged);
    return manifest;
  });
  const files = [
    { path: 'index.json', mode: 0o644, content: goJson({ schemaVersion: 2, manifests: entries }) },
    { path: 'oci-layout', mode: 0o644, content: goJson({ imageLayoutVersion: '1.0.0' }) },
    ...[...blobs.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
  ];
  return { files, manifests };
}

/** Neither media type nor annotations: onmetal-image, oci/imageutil/builder.go. */
function manifestOf(image: BootImage, add: (mediaType: string, content: Uint8Array | SourceFile) => Descriptor) {
  const { commandLine } = image;
  return goJson({
    schemaVersion: 2,
    config: add(onmetal.config, goJson(commandLine === '' ? {} : { commandLine })),
    layers: [
      add(onmetal.rootfs, image.rootfs),
      add(onmetal.initramfs, image.initramfs),
      add(onmetal.kernel, image.kernel),
    ],
  });
}

/** The store as entries of a tar, below a folder. */
export function storeEntries({ files }: OnmetalStore, folder: string): LayerEntry[] {
  const own = { uid: 0, gid: 0 };
  const entries: LayerEntry[] = [{ ...own, type: 'directory', path: `${folder}/ingest`, mode: 0o755 }];
  for (const { path, mode, content } of files) {
    const span = isSource(content) ? { path: content.path, offset: 0, size: content.size } : content;
    const size = isSource(content) ? content.size : content.length;
    entries.push({ ...own, type: 'file', path: `${folder}/${path}`, mode, size, content: span });
  }
  return entries;
}

export function isSource(content: Uint8Array | SourceFile): content is SourceFile {
  return !(content instanceof Uint8Array);
}

/** As Go's encoding/json writes it: members in the order given, and `<`, `>`, `&`, U+2028, U+2029 escaped. */
function goJson(value: unknown): Uint8Array {
  const text = JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return Buffer.from(text);
}
