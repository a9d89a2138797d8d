import { copyFile, mkdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { ProjectError } from '@ingot/workspace';
import type { MmdebstrapDescription, OsImageDescription } from '../../description/description.ts';

/** Debian's own key, for whoever names further ones. */
const debianKeyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * All keyrings in one folder, which apt takes as a whole; undefined: what apt of this machine trusts. It lies in `tree`,
 * since users of a namespace read it. Throws ProjectError INGOT_ROOTFS_KEYRING.
 */
export async function keyringFolder(
  { keyrings }: MmdebstrapDescription,
  project: string,
  tree: string,
  place: OsImageDescription['place'],
): Promise<string | undefined> {
  if (keyrings.length === 0) return undefined;
  const folder = join(tree, 'keyrings');
  await mkdir(folder, { mode: 0o755 });
  await copyFile(debianKeyring, join(folder, basename(debianKeyring))).catch(() => undefined);
  for (const [index, keyring] of keyrings.entries()) {
    const extension = keyring.endsWith('.asc') ? 'asc' : 'gpg';
    await copyFile(resolve(project, keyring), join(folder, `${index}.${extension}`)).catch((cause: unknown) => {
      throw new ProjectError('INGOT_ROOTFS_KEYRING', `cannot read the keyring: ${(cause as Error).message}`, {
        place: place(['mmdebstrap', 'keyrings', index]),
        help: 'paths are relative to the folder of the project',
        cause,
      });
    });
  }
  return folder;
}
