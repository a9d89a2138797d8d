import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { once, tarStream } from '@ingot/content';
import { ProjectError } from '@ingot/workspace';
import { filter } from '../../program/filter.ts';
import { requireTools } from '../../program/tools.ts';
import type { RootfsArchitecture, RootfsFile } from '../../rootfs/result.ts';
import { bootImages, type BootImage } from '../boot-image.ts';
import type { FormatFile, FormatInput, FormatRoot, MadeFormat } from '../format.ts';
import { onmetalStore, storeEntries } from '../onmetal/store.ts';
import { referencesOf } from '../references.ts';
import { copyOutput, readSource, writeOutput, type WrittenFile } from '../write.ts';

/**
 * The files that a build of Garden Linux with `_oci` leaves: `<prefix>-<arch>-<version>` and `.oci.tar.xz` (the store
 * `onmetal/`), `.tar.xz` and `.tar.xz.sha256`, `.manifest`, `.os-release`, `.log`, `.vmlinuz`, `.initrd`, and `.raw` where
 * it is asked for. Throws what `bootImages` and `writeOutput` throw, and ProjectError INGOT_TOOL_MISSING,
 * INGOT_TOOL_FAILED.
 */
export async function makeGardenlinux(input: FormatInput): Promise<MadeFormat> {
  await requireTools(['xz'], input.description.place(['formats']));
  const images = bootImages(input);
  const files: FormatFile[] = [];
  const roots: FormatRoot[] = [];
  for (const [i, rootfs] of input.rootfs.architectures.entries()) {
    const suffix = images.length > 1 ? `-${rootfs.architecture}` : '';
    const made = await makeSet(input, rootfs, images[i]!, suffix);
    files.push(...made.files);
    roots.push(made.root);
  }
  return { files, roots };
}

async function makeSet(input: FormatInput, rootfs: RootfsArchitecture, image: BootImage, suffix: string) {
  const { description, version, folder, rootfsFolder } = input;
  const { architecture } = rootfs;
  const base = `${description.gardenlinux.prefix}-${architecture}-${version}`;
  const files: FormatFile[] = [];
  const add = ({ path, size, digest }: WrittenFile, role: string): void =>
    void files.push({ path, size, digest, architecture, role });
  const root = await writeStore(input, image, suffix, `${base}.oci.tar.xz`, add);

  const tar = { ...rootfs.tar, path: join(rootfsFolder, rootfs.tar.path) };
  const content = readSource(tar, input.stage(`compressing ${architecture}`, tar.size));
  const archive = await writeOutput(folder, `${base}.tar.xz`, xz(content, input.signal));
  add(archive, 'tar.xz');
  // The digits alone, without a name: `sha256sum … | cut -d" " -f1` (gardenlinux, bin/garden-build).
  const sum = Buffer.from(`${archive.digest.slice('sha256:'.length)}\n`);
  add(await writeOutput(folder, `${archive.path}.sha256`, once(sum)), 'tar.xz.sha256');

  const copies = {
    manifest: rootfs.manifest,
    'os-release': rootfs.osRelease,
    log: rootfs.log,
    vmlinuz: rootfs.kernel,
    initrd: rootfs.initrd,
  };
  for (const [role, file] of Object.entries(copies)) add(await copyPart(input, architecture, base, role, file), role);
  if (description.gardenlinux.raw) {
    const onBytes = input.stage(`copying the disk of ${architecture}`, image.rootfs.size);
    add(await copyOutput(image.rootfs, folder, `${base}.raw`, { sparse: true, onBytes }), 'raw');
  } else {
    // It is in the store alone, where nothing has looked at its digest.
    for await (const part of readSource(image.rootfs)) void part;
  }
  return { files, root };
}

async function writeStore(
  input: FormatInput,
  image: BootImage,
  suffix: string,
  path: string,
  add: (file: WrittenFile, role: string) => void,
): Promise<FormatRoot> {
  const { description, version, time, signal, folder } = input;
  const references = referencesOf(description, 'gardenlinux', version, suffix);
  const store = onmetalStore([{ image, references }]);
  const total = image.rootfs.size + image.initramfs.size + image.kernel.size;
  const onBytes = input.stage(`compressing the store of ${image.architecture}`, total);
  const tar = counted(tarStream(storeEntries(store, 'onmetal'), { mtime: time }), onBytes);
  add(await writeOutput(folder, path, xz(tar, signal)), 'oci.tar.xz');
  const { mediaType, digest, size } = store.manifests[0]!;
  return { layout: path, mediaType, digest, size, suffix };
}

/**
 * Compressed by xz in blocks of a fixed size by several threads: the bytes are the same for any number of threads but
 * one, for which xz writes another form. Each takes some 170 MB.
 */
export function xz(content: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncIterable<Uint8Array> {
  const threads = Math.min(Math.max(availableParallelism(), 2), 4);
  return filter('xz', ['-z', '-c', '-6', '--check=crc64', `-T${threads}`, '--block-size=24MiB'], content, { signal });
}

async function copyPart(
  { description, folder, rootfsFolder }: FormatInput,
  architecture: string,
  base: string,
  role: string,
  file: RootfsFile | undefined,
): Promise<WrittenFile> {
  if (file) return copyOutput({ ...file, path: join(rootfsFolder, file.path) }, folder, `${base}.${role}`);
  throw new ProjectError('INGOT_OS_IMAGE_PART', `the root file system of ${architecture} gave no ${role}`, {
    place: description.place(['formats']),
    help: `Garden Linux has a .${role} of every image: install what it comes from (the package database, /etc/os-release), or leave gardenlinux out of \`formats\``,
  });
}

async function* counted(content: AsyncIterable<Uint8Array>, onBytes: (bytes: number) => void) {
  for await (const part of content) {
    onBytes(part.length);
    yield part;
  }
}
