import { join } from 'node:path';
import { readTarEntries } from '@ingot/content';
import { ProjectError, withPlace } from '@ingot/workspace';
import type { MmdebstrapDescription, OsImageDescription } from '../../description/description.ts';
import { RootTree } from '../../tree/root-tree.ts';
import type { BuilderOptions, RootfsBuilder } from '../builder.ts';
import { refuseForeign } from '../emulation.ts';
import { textOf } from '../extract/content.ts';
import { aptSettings } from './apt-settings.ts';
import { aptFolder, hostMark } from './arguments.ts';
import { runMmdebstrap } from './build.ts';
import { checkSources } from './sources.ts';

/** Builds out of packages. Throws, beside what `runMmdebstrap` throws, INGOT_ROOTFS_EMULATION, INGOT_ROOTFS_CREDENTIALS. */
export async function mmdebstrapBuilder(
  mmdebstrap: MmdebstrapDescription,
  { description, time, temporary, preferences, signal }: BuilderOptions,
): Promise<RootfsBuilder> {
  const { place } = description;
  checkSources(mmdebstrap, description);
  refuseForeign(description, place(['architectures']));
  const settings = await aptSettings(mmdebstrap, description.folder);
  return {
    secrets: settings.secrets,
    async build(architecture, log) {
      const target = join(temporary, `${architecture}.tar`);
      const pins = preferences(architecture);
      await runMmdebstrap(description, mmdebstrap, {
        architecture,
        time,
        target,
        settings,
        preferences: pins,
        log,
        signal,
      });
      const tree = new RootTree();
      for (const entry of await withPlace(place(['mmdebstrap']), () => readTarEntries(target))) tree.put(entry);
      // Variants that run nothing run no hook to remove it, either.
      tree.remove(aptFolder);
      await emptyResolver(tree);
      await checkSuite(tree, mmdebstrap, description);
      return { tree };
    },
  };
}

/** What the host asks for names is the host's; hooks needed it until now. A file that somebody wrote stays. */
async function emptyResolver(tree: RootTree): Promise<void> {
  const path = 'etc/resolv.conf';
  const text = await textOf(tree, path);
  if (text?.includes(hostMark) !== true) return;
  tree.put({ type: 'file', path, mode: 0o644, uid: 0, gid: 0, size: 0, content: new Uint8Array() });
}

/** Of a suite that the sources do not know nothing is essential, and mmdebstrap builds a root without anything. */
async function checkSuite(
  tree: RootTree,
  { suite, variant }: MmdebstrapDescription,
  { place }: OsImageDescription,
): Promise<void> {
  if (variant === 'extract' || variant === 'custom') return;
  if ((await textOf(tree, '/var/lib/dpkg/status'))?.trim()) return;
  throw new ProjectError('INGOT_ROOTFS_BUILD', `unknown suite: the sources have no packages of ${suite}`, {
    place: place(['mmdebstrap', 'suite']),
    help: 'is the name right, and is it the one that the sources name?',
  });
}
