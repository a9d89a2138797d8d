import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProjectError } from '@ingot/workspace';
import type { Architecture } from '../../../description/description.ts';
import { initrdPath, kernelPath, removableLoader, type BootloaderOptions } from './bootloader.ts';
import type { EspFile } from './esp.ts';
import { fromRoot, isThere } from './found.ts';

/** Where Debian's systemd-boot-efi puts it, from the root. */
const home = 'usr/lib/systemd/boot/efi';

const names: Readonly<Record<Architecture, string>> = {
  amd64: 'systemd-bootx64.efi',
  arm64: 'systemd-bootaa64.efi',
};

/** systemd's names of machines, in loader entries. */
const machines: Readonly<Record<Architecture, string>> = { amd64: 'x64', arm64: 'aa64' };

/**
 * systemd-boot as the removable medium's loader, its settings, and one entry: UAPI group, Boot Loader Specification,
 * type #1. The loader is the root file system's own where it has one. Throws ProjectError INGOT_DISK_BOOTLOADER.
 */
export async function systemdBootFiles(options: BootloaderOptions): Promise<EspFile[]> {
  const { architecture, name, version, commandLine, initrd, folder, scratch } = options;
  const entry = [
    `title ${name} ${version}`,
    `version ${version}`,
    `architecture ${machines[architecture]}`,
    `linux /${kernelPath(name)}`,
    ...(initrd ? [`initrd /${initrdPath(name)}`] : []),
    `options ${commandLine}`,
  ];
  const settings = [`default ${name}.conf`, 'timeout 0', 'console-mode keep'];
  await mkdir(join(folder, scratch), { recursive: true });
  const text = async (path: string, lines: readonly string[]): Promise<EspFile> => {
    const source = join(folder, scratch, path.replaceAll('/', '_'));
    const bytes = Buffer.from(`${lines.join('\n')}\n`);
    await writeFile(source, bytes);
    return { path, source, size: bytes.length };
  };
  const source = await findLoader(options);
  return [
    { path: removableLoader[architecture], source, size: (await stat(source)).size },
    await text('loader/loader.conf', settings),
    await text(`loader/entries/${name}.conf`, entry),
  ];
}

async function findLoader({ architecture, entries, folder, scratch, place }: BootloaderOptions): Promise<string> {
  const name = names[architecture];
  if (await fromRoot(entries, home, [name], join(folder, scratch))) return join(folder, scratch, name);
  const here = `/${home}/${name}`;
  if (await isThere(here)) return here;
  throw new ProjectError('INGOT_DISK_BOOTLOADER', `systemd-boot for ${architecture} is nowhere: no ${name}`, {
    place,
    help: 'add the Debian package systemd-boot-efi to the image, or install it on this machine',
  });
}
