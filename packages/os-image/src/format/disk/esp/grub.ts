import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProjectError } from '@ingot/workspace';
import type { Architecture } from '../../../description/description.ts';
import type { Run } from '../toolbox.ts';
import { initrdPath, kernelPath, removableLoader, type BootloaderOptions } from './bootloader.ts';
import type { EspFile } from './esp.ts';
import { filesOf, fromRoot, isThere } from './found.ts';

/** GRUB's names of platforms, and the Debian package with the modules of each. */
const platforms: Readonly<Record<Architecture, { readonly platform: string; readonly package: string }>> = {
  amd64: { platform: 'x86_64-efi', package: 'grub-efi-amd64-bin' },
  arm64: { platform: 'arm64-efi', package: 'grub-efi-arm64-bin' },
};

/** What the configuration below needs: to find the partition, to read it, to load from it. */
const modules = ['part_gpt', 'fat', 'search', 'search_fs_uuid', 'normal', 'echo', 'linux', 'boot', 'all_video', 'gzio'];

/**
 * GRUB as the removable medium's loader, with its configuration in it: kernel and initrd come from the EFI system
 * partition, found by its volume number. Made by `grub-mkimage -c`; what grub-mkstandalone makes differs each time.
 * Modules are the root file system's own where it has them. Throws ProjectErrors INGOT_DISK_BOOTLOADER, and the toolbox's.
 */
export async function grubFiles(run: Run<'grub-mkimage'>, options: BootloaderOptions): Promise<EspFile[]> {
  const { architecture, folder, scratch } = options;
  const { platform } = platforms[architecture];
  await mkdir(join(folder, scratch), { recursive: true });
  const modulesFolder = await findModules(options);
  const configuration = join(scratch, 'grub.cfg');
  await writeFile(join(folder, configuration), `${configurationOf(options).join('\n')}\n`);
  const image = join(scratch, 'grub.efi');
  const target = ['-O', platform, '-d', modulesFolder, '-p', '/EFI/BOOT', '-c', configuration, '-o', image];
  await run('grub-mkimage', [...target, ...modules]);
  const source = join(folder, image);
  return [{ path: removableLoader[architecture], source, size: (await stat(source)).size }];
}

function configurationOf({ name, commandLine, initrd, identifiers }: BootloaderOptions): readonly string[] {
  const volume = identifiers.espVolume.toUpperCase().replace(/^(.{4})/, '$1-');
  const words = commandLine.split(/\s+/).filter((word) => word !== '');
  return [
    `search --no-floppy --set=root --fs-uuid ${volume}`,
    // Quoted, or GRUB would take `$`, `;` and others of its own in them.
    `linux '/${kernelPath(name)}' ${words.map((word) => `'${word}'`).join(' ')}`,
    ...(initrd ? [`initrd '/${initrdPath(name)}'`] : []),
    'boot',
  ];
}

async function findModules({ architecture, entries, folder, scratch, place }: BootloaderOptions): Promise<string> {
  const { platform, package: debianPackage } = platforms[architecture];
  const home = `usr/lib/grub/${platform}`;
  const all = [...filesOf(entries).keys()]
    .filter((path) => path.startsWith(`${home}/`))
    .map((path) => path.slice(home.length + 1))
    .filter((name) => !name.includes('/'));
  if (all.includes('kernel.img')) {
    const own = join(scratch, 'modules');
    await mkdir(join(folder, own));
    await fromRoot(entries, home, all, join(folder, own));
    return own;
  }
  const here = `/${home}`;
  if (await isThere(join(here, 'kernel.img'))) return here;
  throw new ProjectError('INGOT_DISK_BOOTLOADER', `GRUB for ${architecture} is nowhere: no ${home}/kernel.img`, {
    place,
    help: `add the Debian package ${debianPackage} to the image, or install it on this machine`,
  });
}
