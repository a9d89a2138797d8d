import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, isDigest, isIndex } from '@ingot/content';
import { ProjectError } from '@ingot/workspace';
import { ironcore, legacy } from '../../format/ironcore/media-types.ts';
import { onmetal } from '../../format/onmetal/store.ts';
import type { FormatRoot } from '../../format/format.ts';
import type { BootContext, BootInput, Prepared } from '../context.ts';
import { locateExt4 } from '../ext4/locate.ts';
import { rawCopy } from './raw-copy.ts';

/** What a machine gets of an image in the registry. Absolute paths. */
export interface RegistryImage {
  readonly rootfs: string;
  readonly initramfs: string;
  readonly kernel: string;
  readonly commandLine: string;
}

/**
 * IronCore's way: kernel, initramfs and command line of the OCI image, its root file system (a whole disk, as Garden
 * Linux ships it, or a file system) on the machine's disk. The machine gets a copy of that, in which the checks are put.
 * Throws ProjectErrors INGOT_BOOT_IMAGE, INGOT_TOOL_MISSING, INGOT_TOOL_FAILED.
 */
export async function prepareIroncore(context: BootContext): Promise<Prepared> {
  const image = await readRegistryImage(context);
  context.stage(`copying ${context.way} ${context.architecture}`);
  const file = join(context.folder, 'disk.raw');
  await rawCopy({ file: image.rootfs, format: 'raw' }, file, context.signal);
  return { start: startOf(image), drives: [{ file, format: 'raw' }], root: { file, offset: await locateExt4(file) } };
}

/** The shipped image itself, which stays as it is whatever the machine writes. */
export async function shippedImage(context: BootContext): Promise<Omit<Prepared, 'root'>> {
  const image = await readRegistryImage(context);
  return { start: startOf(image), drives: [{ file: image.rootfs, format: 'raw', discard: true }] };
}

function startOf({ kernel, initramfs, commandLine }: RegistryImage): Prepared['start'] {
  // Garden Linux' images leave it to the machine's operator to say where the root is; his disks are labelled so.
  const root = /(^|\s)root=/.test(commandLine) ? '' : 'root=LABEL=ROOT ';
  return { kind: 'kernel', kernel, initrd: initramfs, commandLine: `${root}${commandLine}` };
}

const kinds = {
  rootfs: [ironcore.rootfs, legacy.rootfs, onmetal.rootfs],
  initramfs: [ironcore.initramfs, legacy.initramfs, onmetal.initramfs],
  kernel: [ironcore.kernel, legacy.kernel, onmetal.kernel],
} as const satisfies Record<string, readonly string[]>;

interface Blob {
  readonly mediaType: string;
  readonly digest: string;
}

/** Finds the parts of an image in the layout, as the clients do. Throws ProjectError INGOT_BOOT_IMAGE. */
export async function readRegistryImage(input: BootInput): Promise<RegistryImage> {
  const root = rootOf(input);
  const layout = join(input.format.folder, root.layout);
  const manifest = await readManifest(layout, await manifestOf(layout, root, input.architecture));
  const layers = manifest.layers ?? [];
  const part = async (kind: keyof typeof kinds): Promise<string> => {
    const found = layers.find(({ mediaType }) => (kinds[kind] as readonly string[]).includes(mediaType));
    if (found !== undefined) return blobAt(layout, found.digest);
    throw broken(`the image for ${input.architecture} has no ${kind}: incomplete image`, layout);
  };
  return {
    rootfs: await part('rootfs'),
    initramfs: await part('initramfs'),
    kernel: await part('kernel'),
    commandLine: await commandLineIn(layout, manifest.config),
  };
}

/** The root that is this architecture's alone, else the one for all. */
function rootOf({ format, architecture }: BootInput): FormatRoot {
  const { roots } = format.result;
  const found = roots.find(({ suffix }) => suffix === `-${architecture}`) ?? roots.find(({ suffix }) => suffix === '');
  if (found !== undefined) return found;
  throw broken(`the target made no image for ${architecture}`, format.folder);
}

interface Entry extends Blob {
  readonly platform?: { readonly architecture?: string };
}

async function manifestOf(layout: string, root: Blob, architecture: string): Promise<string> {
  if (!isIndex(root.mediaType)) return root.digest;
  const { manifests = [] } = (await readJson(layout, root.digest)) as { manifests?: readonly Entry[] };
  const found = manifests.find(({ platform }) => platform?.architecture === architecture);
  if (found !== undefined) return found.digest;
  throw broken(`its index has no manifest for ${architecture}`, layout);
}

async function readManifest(layout: string, digest: string) {
  return (await readJson(layout, digest)) as { config?: Blob; layers?: readonly Blob[] };
}

async function commandLineIn(layout: string, config: Blob | undefined): Promise<string> {
  if (config === undefined) throw broken('the manifest has no config', layout);
  const { commandLine = '' } = (await readJson(layout, config.digest)) as { commandLine?: string };
  return commandLine;
}

async function readJson(layout: string, digest: string): Promise<unknown> {
  const bytes = await readFile(await blobAt(layout, digest));
  if (digestOf(bytes) !== digest) throw broken(`the blob ${digest} is not what its digest says`, layout);
  return JSON.parse(bytes.toString('utf8'));
}

async function blobAt(layout: string, digest: string): Promise<string> {
  if (!isDigest(digest)) throw broken(`${JSON.stringify(digest)} is no digest`, layout);
  const path = join(layout, 'blobs', ...digest.split(':'));
  const there = await stat(path).catch(() => undefined);
  if (there?.isFile() === true) return path;
  throw broken(`the blob ${digest} is not there`, layout);
}

function broken(message: string, path: string): ProjectError {
  return new ProjectError('INGOT_BOOT_IMAGE', message, { path, help: 'build it again' });
}
