import { digestOf, encodeJson, LayoutStore, oci, once, refName, title, type Descriptor } from '@ingot/content';
import { bootImages, type BootImage } from '../boot-image.ts';
import type { FormatFile, FormatInput, FormatRoot, MadeFormat } from '../format.ts';
import { referencesOf } from '../references.ts';
import { copyOutput, type SourceFile } from '../write.ts';
import { ironcore } from './media-types.ts';

/**
 * An OCI layout for IronCore: an index (tag TAG) of a manifest for each architecture, each of which is a root as well
 * (TAG-<arch>), since ironcore-image's own `pull` and `url` fail on an index of several. As its OCI-SPEC.md has it, with
 * the media types that its client knows. Throws what `bootImages` and `writeOutput` throw.
 */
export async function makeIroncore(input: FormatInput): Promise<MadeFormat> {
  const images = bootImages(input);
  const store = new LayoutStore(input.folder);
  const total = images.reduce(
    (sum, { rootfs, initramfs, kernel }) => sum + rootfs.size + initramfs.size + kernel.size,
    0,
  );
  const onBytes = input.stage('writing the layout', total);
  const manifests: Descriptor[] = [];
  for (const image of images) manifests.push(await writeManifest(image, input, store, onBytes));
  const index = await push(store, oci.index, { schemaVersion: 2, mediaType: oci.index, manifests });
  const roots = [
    { descriptor: index, suffix: '' },
    ...images.map(({ architecture }, i) => ({ descriptor: plain(manifests[i]!), suffix: `-${architecture}` })),
  ];
  await store.setRoots(roots.flatMap(({ descriptor, suffix }) => named(descriptor, suffix, input)));
  return {
    files: layoutFiles(images, manifests, index),
    roots: roots.map(({ descriptor: { mediaType, digest, size }, suffix }): FormatRoot => {
      return { layout: '.', mediaType, digest, size, suffix };
    }),
    facts: {
      variant: input.description.ironcore.variant,
      images: images.map(({ architecture, commandLine }) => ({ architecture, commandLine })),
    },
  };
}

async function writeManifest(
  image: BootImage,
  { description, folder }: FormatInput,
  store: LayoutStore,
  onBytes: (bytes: number) => void,
): Promise<Descriptor> {
  const { architecture, commandLine } = image;
  const { variant } = description.ironcore;
  const layer = async (mediaType: string, file: SourceFile): Promise<Descriptor> => {
    const { digest, size } = file;
    const path = `blobs/sha256/${digest.slice('sha256:'.length)}`;
    await copyOutput(file, folder, path, { sparse: true, onBytes });
    return { mediaType, digest, size };
  };
  const manifest = await push(store, oci.manifest, {
    schemaVersion: 2,
    mediaType: oci.manifest,
    config: await push(store, ironcore.config, commandLine === '' ? {} : { commandLine }),
    layers: [
      await layer(ironcore.rootfs, image.rootfs),
      await layer(ironcore.initramfs, image.initramfs),
      await layer(ironcore.kernel, image.kernel),
    ],
    annotations: { [title]: `${description.name} ${variant} (${architecture})`, variant, architecture },
  });
  return { ...manifest, platform: { architecture, os: 'linux' } };
}

async function push(store: LayoutStore, mediaType: string, value: unknown): Promise<Descriptor> {
  const bytes = encodeJson(value);
  const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length };
  await store.push(descriptor, once(bytes));
  return descriptor;
}

function plain({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size };
}

/** An entry of index.json for each reference that it is pushed to; the version where there is none. */
function named(descriptor: Descriptor, suffix: string, { description, version }: FormatInput): Descriptor[] {
  const references = referencesOf(description, 'ironcore', version, suffix);
  const names = references.length > 0 ? references : [`${version}${suffix}`];
  return names.map((name) => ({ ...descriptor, annotations: { [refName]: name } }));
}

function layoutFiles(images: readonly BootImage[], manifests: readonly Descriptor[], index: Descriptor): FormatFile[] {
  const blob = ({ digest, size }: { digest: string; size: number }, role: string, architecture?: string) => ({
    path: `blobs/sha256/${digest.slice('sha256:'.length)}`,
    size,
    digest,
    role,
    ...(architecture === undefined ? {} : { architecture }),
  });
  return [
    blob(index, 'index'),
    ...images.flatMap(({ architecture, rootfs, initramfs, kernel }, i) => [
      blob(manifests[i]!, 'manifest', architecture),
      blob(rootfs, 'rootfs', architecture),
      blob(initramfs, 'initramfs', architecture),
      blob(kernel, 'kernel', architecture),
    ]),
  ];
}
