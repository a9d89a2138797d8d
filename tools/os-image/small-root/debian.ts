import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** A kernel as Debian packs it, unpacked. */
export interface DebianKernel {
  readonly version: string;
  readonly image: Buffer;
  /** `lib/modules/<version>/kernel` of the package. */
  readonly modulesFolder: string;
}

export interface DebianPackages {
  readonly kernel: DebianKernel;
  /** The program, linked statically. */
  readonly busybox: Buffer;
  /** The control files of the packages, as dpkg has them in its status. */
  readonly controls: readonly string[];
}

/** What of Debian is in the small root; downloaded and unpacked once for a run of the tests. */
export async function debianPackages(): Promise<DebianPackages> {
  const folder = await unpacked();
  const modules = join(folder, 'kernel/lib/modules');
  const [version] = await readdir(modules);
  if (version === undefined) throw new Error(`no kernel modules in ${modules}`);
  return {
    kernel: {
      version,
      image: await readFile(join(folder, 'kernel/boot', `vmlinuz-${version}`)),
      modulesFolder: join(modules, version, 'kernel'),
    },
    busybox: await readFile(join(folder, 'busybox/bin/busybox')),
    controls: await Promise.all(['busybox', 'kernel'].map((name) => readFile(join(folder, `${name}.control`), 'utf8'))),
  };
}

/** Several test files may want it at once: each makes its own, and the first one's is everybody's. */
async function unpacked(): Promise<string> {
  const cache = join(tmpdir(), 'ingot-small-root');
  const found = join(cache, 'debian');
  if (existsSync(found)) return found;
  await mkdir(cache, { recursive: true });
  const making = await mkdtemp(join(cache, 'making-'));
  try {
    await download(making);
    await rename(making, found).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  return found;
}

async function download(folder: string): Promise<void> {
  // Machines that were made as images often come without apt's lists.
  const kernel = (await kernelPackage()) ?? (await updated(kernelPackage));
  if (kernel === undefined) throw new Error('apt knows no linux-image-cloud-amd64');
  await execa('apt-get', ['download', '-q', kernel, 'busybox-static'], { cwd: folder });
  for (const file of (await readdir(folder)).filter((each) => each.endsWith('.deb'))) {
    const name = file.startsWith('linux') ? 'kernel' : 'busybox';
    await execa('dpkg-deb', ['-x', file, name], { cwd: folder });
    await execa('sh', ['-c', 'dpkg-deb -f "$1" > "$2.control"', 'sh', file, name], { cwd: folder });
    await rm(join(folder, file));
  }
}

/** linux-image-cloud-amd64 is empty, and depends on the one of a version. */
async function kernelPackage(): Promise<string | undefined> {
  const { stdout } = await execa('apt-cache', ['depends', 'linux-image-cloud-amd64'], { reject: false });
  return /Depends: (linux-image-\S+-cloud-amd64)\s*$/m.exec(stdout)?.[1];
}

async function updated<T>(again: () => Promise<T>): Promise<T> {
  await execa('apt-get', ['update', '-q']);
  return again();
}
