import { stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { digestOfFile } from '@ingot/content';
import { ProjectError, type BuildLog } from '@ingot/workspace';
import type { Architecture, OsImageDescription } from '../description/description.ts';
import { refuseEscapingLinks } from '../tree/escaping-links.ts';
import type { RootTree } from '../tree/root-tree.ts';
import { writeStream, writeTar } from '../tree/write-tar.ts';
import { bytesOf, textOf } from './extract/content.ts';
import { dpkgList } from './extract/dpkg-list.ts';
import { isInstalled, parseStatus, type DpkgPackage } from './extract/dpkg-status.ts';
import { findInitrd, findKernel, type BootContent } from './extract/kernel.ts';
import type { BootFile, RootfsArchitecture, RootfsFile } from './result.ts';

/** What a builder made for one architecture. */
export interface Built {
  readonly tree: RootTree;
  /** Where the builder leaves them beside the root file system; absent: they are looked for in it. */
  readonly kernel?: BootContent;
  readonly initrd?: BootContent;
}

export interface FinishOptions {
  readonly description: OsImageDescription;
  readonly architecture: Architecture;
  readonly time: number;
  /** Of the whole output; what is of this architecture goes into a folder of its name. */
  readonly folder: string;
  readonly log: BuildLog;
  readonly secrets: readonly string[];
  readonly signal: AbortSignal;
  /** Something that the author should know, a line. */
  readonly note: (text: string) => void;
  readonly stage: (label: string, total?: number) => (bytes: number) => void;
  /** Hears what is installed; undefined: no package manager's list is there. Throws where that is not as it has to be. */
  readonly check: (packages: readonly DpkgPackage[] | undefined) => void;
}

/**
 * Makes the output of a root file system: its tar, kernel, initramfs, os-release and package lists. Everything that can
 * be wrong with it is found before the tar is written. Throws ProjectErrors INGOT_ROOTFS_*.
 */
export async function finish(built: Built, options: FinishOptions): Promise<RootfsArchitecture> {
  const { description, architecture, time, folder, log, signal } = options;
  const { tree } = built;
  refuseEscapingLinks(tree);
  const kernel = built.kernel ?? findKernel(tree, description);
  const initrd = built.initrd ?? findInitrd(tree, kernel, description);
  checkBoot(description, kernel, initrd, tree);
  noteHostKeys(tree, options.note);
  const status = await textOf(tree, '/var/lib/dpkg/status');
  const packages = status === undefined ? undefined : parseStatus(status);
  options.check(packages);

  const writer = new OutputWriter(folder, architecture, signal);
  const entries = tree.entries(time);
  const total = entries.reduce((sum, entry) => sum + (entry.type === 'file' ? entry.size : 0), 0);
  const tar = `${architecture}/rootfs.tar`;
  const onBytes = options.stage(`writing ${tar}`, total);
  const written = await writeTar(join(folder, tar), entries, { time, onBytes, secrets: options.secrets, signal });
  const osRelease = await textOf(tree, '/etc/os-release');
  const installed = packages?.filter(isInstalled);
  return {
    architecture,
    tar: { path: tar, ...written },
    ...(kernel ? { kernel: await writer.boot('vmlinuz', kernel) } : {}),
    ...(initrd ? { initrd: await writer.boot('initrd', initrd) } : {}),
    ...(osRelease === undefined ? {} : { osRelease: await writer.text('os-release', osRelease) }),
    ...(packages ? { packages: await writer.text('packages.txt', dpkgList(packages, architecture)) } : {}),
    ...(installed ? { manifest: await writer.text('manifest', manifestOf(installed)) } : {}),
    log: await measured(log, folder),
    packageCount: installed?.length ?? 0,
  };
}

/** Writes the files of one architecture. */
class OutputWriter {
  readonly #folder: string;
  readonly #architecture: Architecture;
  readonly #signal: AbortSignal;

  constructor(folder: string, architecture: Architecture, signal: AbortSignal) {
    this.#folder = folder;
    this.#architecture = architecture;
    this.#signal = signal;
  }

  async boot(name: string, { source, content }: BootContent): Promise<BootFile> {
    return { ...(await this.#write(name, bytesOf(content))), source };
  }

  text(name: string, text: string): Promise<RootfsFile> {
    return this.#write(name, bytesOf(Buffer.from(text)));
  }

  async #write(name: string, content: AsyncIterable<Uint8Array>): Promise<RootfsFile> {
    const path = `${this.#architecture}/${name}`;
    return { path, ...(await writeStream(join(this.#folder, path), content, { signal: this.#signal })) };
  }
}

async function measured(log: BuildLog, folder: string): Promise<RootfsFile> {
  const path = relative(folder, log.file);
  return { path, size: (await stat(log.file)).size, digest: await digestOfFile(log.file) };
}

/** As Garden Linux calls the list that `dpkg-query -W -f '${Package} ${Version}\n'` gives. */
function manifestOf(packages: readonly DpkgPackage[]): string {
  return packages.map(({ name, version }) => `${name} ${version}\n`).join('');
}

/** openssh-server makes its keys when it is installed: all machines would share them, and no two builds are the same. */
function noteHostKeys(tree: RootTree, note: (text: string) => void): void {
  const keys = tree.list('etc/ssh').filter((name) => /^ssh_host_\w+_key$/.test(name));
  if (keys.length === 0) return;
  note(
    `host keys of ssh are in the image (/etc/ssh/${keys[0]}, …): remove them by a hook, and make them at the first boot`,
  );
}

/** Everything but a container is there to boot. Throws ProjectError INGOT_ROOTFS_NO_KERNEL. */
function checkBoot(
  { formats, place, builder }: OsImageDescription,
  kernel: BootContent | undefined,
  initrd: BootContent | undefined,
  tree: RootTree,
): void {
  const booting = formats.filter((format) => format !== 'container');
  if (booting.length === 0 || (kernel && initrd)) return;
  const what = kernel ? `no initramfs for ${kernel.source}` : 'no kernel';
  const inBoot = tree.list('boot').join(', ') || 'no files';
  const isPackages = builder.kind === 'mmdebstrap';
  const debian = kernel ? 'initramfs-tools' : 'linux-image-amd64 and initramfs-tools';
  throw new ProjectError(
    'INGOT_ROOTFS_NO_KERNEL',
    `the root file system has ${what}, which ${booting.join(', ')} boot by`,
    {
      place: place(isPackages ? ['mmdebstrap', 'packages'] : ['formats']),
      help: [
        `in /boot there are: ${inBoot}`,
        isPackages
          ? `add packages such as ${debian}`
          : `let the builder install one (Debian: ${debian}), or name it by kernel: and initrd:`,
      ].join('\n'),
    },
  );
}
