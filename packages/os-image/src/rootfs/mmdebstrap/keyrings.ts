import { chmod, copyFile, mkdir, readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { ProjectError } from '@ingot/workspace';
import type { MmdebstrapDescription, OsImageDescription } from '../../description/description.ts';

/** Debian's own keys; where the host is another distribution, its apt does not trust them by itself. */
const debianKeyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** What apt of this machine trusts for all sources. */
const hostKeyrings = '/etc/apt/trusted.gpg.d';

/**
 * All keyrings in one folder, which apt takes as a whole: those of the description, or where it names none, Debian's and
 * those of this machine. Which keys are trusted changes no byte of an image. The folder lies in `tree`, which
 * everybody may enter. Throws ProjectError INGOT_ROOTFS_KEYRING.
 */
export async function keyringFolder(
  { keyrings }: MmdebstrapDescription,
  project: string,
  tree: string,
  place: OsImageDescription['place'],
): Promise<string> {
  const folder = join(tree, 'keyrings');
  await mkdir(folder);
  // Whatever the umask: users of a namespace read it, and so does apt, as a user of its own.
  await chmod(folder, 0o755);
  const given = keyrings.length > 0 ? [] : await ownKeyrings();
  // Whoever needs one that is not there hears of it from apt.
  for (const path of given) await put(path, join(folder, basename(path))).catch(() => undefined);
  for (const [index, keyring] of keyrings.entries()) {
    const extension = keyring.endsWith('.asc') ? 'asc' : 'gpg';
    await put(resolve(project, keyring), join(folder, `${index}.${extension}`)).catch((cause: unknown) => {
      throw new ProjectError('INGOT_ROOTFS_KEYRING', `cannot read the keyring: ${(cause as Error).message}`, {
        place: place(['mmdebstrap', 'keyrings', index]),
        help: 'paths are relative to the folder of the project',
        cause,
      });
    });
  }
  return folder;
}

async function ownKeyrings(): Promise<string[]> {
  const names = await readdir(hostKeyrings).catch(() => []);
  const keyrings = names.filter((name) => /\.(gpg|asc)$/.test(name));
  return [debianKeyring, ...keyrings.map((name) => join(hostKeyrings, name))];
}

async function put(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  await chmod(to, 0o644);
}
