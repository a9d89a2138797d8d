import { imagesFolder } from '../../format/layout.ts';
import type { Rule } from '../finding.ts';

/** Modes, owners and types of what is on the ISO, as Rock Ridge has them. */
export const fileRules: readonly Rule[] = [
  {
    id: 'file-modes',
    holds: 'everybody may read every file',
    level: 'error',
    reason: "The workers of the registry's nginx read the images as a user of their own.",
    remedy: 'Give files the mode 0444 or 0644 and directories 0555 or 0755, or pack with Ingot.',
    *check({ tree }) {
      for (const { path, type, mode } of tree.entries) {
        if (mode === undefined || (type !== 'file' && type !== 'directory')) continue;
        const needed = type === 'file' ? 0o444 : 0o555;
        if ((mode & needed) === needed) continue;
        const served = path === imagesFolder || path.startsWith(`${imagesFolder}/`);
        yield { message: `${path} has the mode 0${mode.toString(8)}`, path, level: served ? 'error' : 'warning' };
      }
    },
  },
  {
    id: 'file-owner',
    holds: 'everything belongs to 0:0',
    level: 'warning',
    reason: "On the site these numbers are other people's; the guidelines set them to 0.",
    remedy: 'Make the ISO with mkisofs -uid 0 -gid 0, or pack with Ingot.',
    *check({ tree }) {
      for (const { path, uid = 0, gid = 0 } of tree.entries) {
        if (uid !== 0 || gid !== 0) yield { message: `${path} belongs to ${uid}:${gid}`, path };
      }
    },
  },
  {
    id: 'file-types',
    holds: 'there are only files, folders, and links that lead to something on the ISO',
    level: 'error',
    reason: 'A device or a link that leads out of the ISO means something else on each machine.',
    remedy: 'Replace it by a file.',
    *check({ tree }) {
      for (const { path, type, target } of tree.entries) {
        if (type === 'special') yield { message: `${path} is a device, pipe or socket`, path };
        if (type === 'symlink' && tree.resolve(path) === undefined) {
          yield { message: `${path} is a link to ${target}, which is not on the ISO`, path };
        }
      }
    },
  },
];
