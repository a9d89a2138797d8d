import { ContentError } from '../error.ts';
import type { LayerEntry } from '../layer/entry.ts';
import { arrange } from '../layer/tree.ts';
import { withReader } from './random-reader.ts';
import { walkTar, type TarMember } from './tar-walk.ts';

const xattr = 'SCHILY.xattr.';

/**
 * All that a tar on the disk holds, as it can be written again: modes, owners, times in whole seconds, devices, extended
 * attributes; contents are spans of the tar, which has to stay. In the order that `tarStream` writes. The root itself
 * (`./`) is left out; a folder that is named twice is what the last says. Throws ContentError INGOT_TAR, INGOT_TAR_PATH
 * (a path that leads out, or is twice there), INGOT_TAR_SPARSE, and what `arrange` throws of paths and links.
 */
export async function readTarEntries(path: string): Promise<LayerEntry[]> {
  return arrange(await readLayerEntries(path));
}

/**
 * The same of a layer, which lies over others: in its own order, with the files that delete others (OCI image-spec,
 * layer.md § Whiteouts) and hard links to what lies below it; only escaping paths and repeated ones are refused.
 */
export async function readLayerEntries(path: string): Promise<LayerEntry[]> {
  const entries = new Map<string, LayerEntry>();
  await withReader(path, async (reader) => {
    for await (const member of walkTar(reader)) {
      const name = plainPath(member.path, path);
      if (name === '') continue;
      const entry = entryOf(member, name, path);
      const there = entries.get(name);
      if (there !== undefined && !(there.type === 'directory' && entry.type === 'directory')) {
        throw wrong(path, `${JSON.stringify(name)} is there twice`);
      }
      entries.set(name, entry);
    }
  });
  return [...entries.values()];
}

function entryOf(member: TarMember, path: string, archive: string): LayerEntry {
  const { mode, uid, gid, mtime, major, minor } = member;
  const xattrs = xattrsOf(member);
  const common = { path, mode, uid, gid, mtime, ...(xattrs ? { xattrs } : {}) };
  switch (member.type) {
    case 'file': {
      const { offset, size } = member;
      return { ...common, type: 'file', size, content: { path: archive, offset, size } };
    }
    case 'symlink':
      return { ...common, type: 'symlink', target: member.target };
    case 'hardlink':
      return { ...common, type: 'hardlink', target: plainPath(member.target, archive) };
    case 'character':
    case 'block':
      return { ...common, type: member.type, major, minor };
    case 'directory':
    case 'fifo':
      return { ...common, type: member.type };
    case 'sparse':
      throw new ContentError('INGOT_TAR_SPARSE', `${JSON.stringify(path)} in ${archive} is a sparse entry`, {
        path: archive,
        help: 'few readers know them: write the archive without --sparse',
      });
    default:
      throw wrong(archive, `${JSON.stringify(path)} is of a type that no file system has`);
  }
}

function xattrsOf({ pax }: TarMember): Record<string, Uint8Array> | undefined {
  const found = [...pax]
    .filter(([key]) => key.startsWith(xattr))
    .map(([key, value]) => [key.slice(xattr.length), value]);
  return found.length === 0 ? undefined : (Object.fromEntries(found) as Record<string, Uint8Array>);
}

/** `./usr//bin/` → `usr/bin`; `/etc` → `etc`, as tar itself unpacks it. */
function plainPath(path: string, archive: string): string {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  if (names.includes('..')) throw wrong(archive, `${JSON.stringify(path)} leads out of it`);
  return names.join('/');
}

function wrong(path: string, what: string): ContentError {
  return new ContentError('INGOT_TAR_PATH', `in ${path}, ${what}`, {
    path,
    help: 'write the archive again, from a folder that holds each path once',
  });
}
