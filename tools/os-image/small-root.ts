import { mkdir, stat, writeFile } from 'node:fs/promises';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { digestOfFile, tarStream, type LayerEntry } from '@ingot/content';
import { debianPackages } from './small-root/debian.ts';
import { modulesFor } from './small-root/modules.ts';
import { cpio } from './small-root/cpio.ts';
import { initrdEntries, initrdModules } from './small-root/initrd.ts';
import { osRelease, treeEntries } from './small-root/tree.ts';

/** When everything in it was last changed: 2024-01-01. In seconds since 1970. */
export const smallRootTime = 1_704_067_200;

/** A root file system that boots in seconds: Debian's kernel, busybox, an initrd and an installer of our own. */
export interface SmallRoot {
  /** The root file system as a tar, not compressed. */
  readonly tar: string;
  readonly kernel: string;
  readonly initrd: string;
  /** Where they lie in the tar, absolute. */
  readonly kernelSource: string;
  readonly initrdSource: string;
  /** `6.1.0-40-cloud-amd64`. */
  readonly kernelVersion: string;
  /** A file. */
  readonly osRelease: string;
  /** As it lies in the tar; to be changed and made into another one by `writeTar`. */
  readonly entries: readonly LayerEntry[];
}

/**
 * Makes the small root file system in `folder`, which is made too: `rootfs.tar` (some 25 MB), `vmlinuz`, `initrd`,
 * `os-release`. Its packages come by `apt-get download`, once for a run of the tests. The bytes depend on nothing but
 * the packages' versions.
 */
export async function smallRoot(folder: string): Promise<SmallRoot> {
  await mkdir(folder, { recursive: true });
  const debian = await debianPackages();
  const initrd = cpio(initrdEntries(debian.busybox, await modulesFor(debian.kernel, initrdModules)));
  const entries = treeEntries(debian, initrd, await modulesFor(debian.kernel, ['isofs', 'vfat', 'nls_ascii']));
  const files = {
    tar: join(folder, 'rootfs.tar'),
    kernel: join(folder, 'vmlinuz'),
    initrd: join(folder, 'initrd'),
    osRelease: join(folder, 'os-release'),
  };
  await writeFile(files.kernel, debian.kernel.image);
  await writeFile(files.initrd, initrd);
  await writeFile(files.osRelease, osRelease);
  await writeTar(files.tar, entries);
  const kernelVersion = debian.kernel.version;
  return {
    ...files,
    kernelSource: `/boot/vmlinuz-${kernelVersion}`,
    initrdSource: `/boot/initrd.img-${kernelVersion}`,
    kernelVersion,
    entries,
  };
}

/** Writes entries as a tar. */
export async function writeTar(file: string, entries: Iterable<LayerEntry>): Promise<void> {
  await pipeline(tarStream(entries, { mtime: smallRootTime }), createWriteStream(file));
}

interface ResultFile {
  readonly path: string;
  readonly size: number;
  readonly digest: string;
}

/**
 * The small root as the target `rootfs` leaves it: `<folder>/rootfs.json` and `<folder>/rootfs/amd64/…`. Answers the
 * parsed result, whose paths are relative to `rootfsFolder`.
 */
export async function smallRootfs(folder: string, name = 'small') {
  const rootfsFolder = join(folder, 'rootfs');
  const root = await smallRoot(join(rootfsFolder, 'amd64'));
  const packages = 'ii  busybox-static 1.35.0 amd64 Standalone rescue shell\n';
  await writeFile(join(rootfsFolder, 'amd64/packages.txt'), packages);
  await writeFile(join(rootfsFolder, 'amd64/manifest'), 'busybox-static 1.35.0\n');
  await writeFile(join(rootfsFolder, 'amd64/build.log'), 'made by a test\n');
  const file = async (path: string): Promise<ResultFile> => {
    const whole = join(rootfsFolder, path);
    return { path, size: (await stat(whole)).size, digest: await digestOfFile(whole) };
  };
  const result = {
    ingot: 'rootfs-result/v1',
    name,
    time: smallRootTime,
    architectures: [
      {
        architecture: 'amd64',
        tar: await file('amd64/rootfs.tar'),
        kernel: { ...(await file('amd64/vmlinuz')), source: root.kernelSource },
        initrd: { ...(await file('amd64/initrd')), source: root.initrdSource },
        osRelease: await file('amd64/os-release'),
        packages: await file('amd64/packages.txt'),
        manifest: await file('amd64/manifest'),
        log: await file('amd64/build.log'),
        packageCount: 1,
      },
    ],
  } as const;
  await writeFile(join(folder, 'rootfs.json'), `${JSON.stringify(result, undefined, 2)}\n`);
  return { rootfsFolder, result, root };
}
