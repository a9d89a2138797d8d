import { mkdir, open, rm, statfs, symlink, utimes } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { IsoError } from '../error.ts';
import type { IsoEntry, IsoView } from '../read/entry.ts';
import type { IsoImage } from '../read/open.ts';
import { duplicate, leaving, making, onDisk, refused } from './errors.ts';
import { leavesFolder } from './links.ts';
import { moveInto, placeOf, refuseClashes, temporaryFor } from './place.ts';

export interface ExtractOptions {
  readonly view?: IsoView;
  /** What to extract; the folders on the way to it are made as well. Default: everything. */
  readonly filter?: (entry: IsoEntry) => boolean;
  /**
   * Write into the folder even if something is in it: files and links of the same path are overwritten, everything else
   * stays. A folder is never put in the place of a file, nor a file in that of a folder.
   */
  readonly replace?: boolean;
  /**
   * What to do with links that lead out of the folder: `refuse` (default) throws INGOT_ISO_LINK before anything is
   * written, `skip` leaves them out, `keep` makes them.
   */
  readonly outsideLinks?: 'refuse' | 'skip' | 'keep';
  /** Called with the number of bytes of each piece that was written. */
  readonly onBytes?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

export interface Extracted {
  readonly files: number;
  readonly folders: number;
  readonly links: number;
  readonly bytes: number;
  /** Paths left out: devices, pipes and sockets, and links by `outsideLinks: 'skip'`. */
  readonly skipped: readonly string[];
}

/**
 * Writes what is in an image into `folder`, which must not exist or be empty, unless `replace` is set. All of it comes
 * into being under a temporary name, beside or in `folder`, and is renamed at the end: until then a failure leaves
 * everything as it was. Where things are renamed one by one into a folder that was there, a failure among these leaves
 * some of them old and some new, each complete. Links are made last: no file is ever written through one, nor through
 * one that was there. Owners are not set; the owner may always read and write (and so delete) what was extracted;
 * setuid, setgid and sticky bits are dropped, and the umask applies.
 *
 * Throws INGOT_ISO_EXISTS, INGOT_ISO_LINK, INGOT_ISO_DUPLICATE (two entries that would be one file here),
 * INGOT_ISO_SPACE (too little, known beforehand), INGOT_ISO_EXTRACT (the system refused), the signal's reason, and
 * what reading the image throws.
 */
export async function extract(image: IsoImage, folder: string, options: ExtractOptions = {}): Promise<Extracted> {
  const place = await placeOf(folder, options.replace === true);
  const plan = await planExtraction(image, options);
  if (place.exists) await refuseClashes(place.folder, plan);
  const temporary = await onDisk(place.folder, () => temporaryFor(place));
  try {
    await refuseFull(temporary, plan.bytes);
    const content = join(temporary, 'content');
    await writeAll(image, plan, content, options);
    options.signal?.throwIfAborted();
    await onDisk(place.folder, () => moveInto(content, place));
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return {
    files: plan.files.length,
    folders: plan.folders.length,
    links: plan.links.length,
    bytes: plan.bytes,
    skipped: plan.skipped,
  };
}

interface Plan {
  readonly folders: readonly IsoEntry[];
  readonly files: readonly IsoEntry[];
  readonly links: readonly IsoEntry[];
  readonly skipped: readonly string[];
  readonly bytes: number;
}

async function planExtraction(image: IsoImage, options: ExtractOptions): Promise<Plan> {
  const entries = new Map<string, IsoEntry>();
  const skipped: string[] = [];
  for await (const entry of image.list(options.view)) {
    options.signal?.throwIfAborted();
    if (options.filter?.(entry) === false) continue;
    if (entries.has(entry.path)) throw duplicate(entry.path);
    if (sep !== '/' && entry.path.includes(sep)) throw refused(entry.path, `a name with "${sep}" cannot be made here`);
    if (entry.type === 'special') skipped.push(entry.path);
    else entries.set(entry.path, entry);
  }
  const of = (type: IsoEntry['type']) => [...entries.values()].filter((entry) => entry.type === type);
  const links: IsoEntry[] = [];
  for (const link of of('symlink')) {
    const leaves = options.outsideLinks !== 'keep' && leavesFolder(link, entries);
    if (leaves && options.outsideLinks !== 'skip') throw leaving(link);
    if (leaves) skipped.push(link.path);
    else links.push(link);
  }
  const files = of('file');
  return { folders: of('directory'), files, links, skipped, bytes: files.reduce((sum, file) => sum + file.size, 0) };
}

async function writeAll(image: IsoImage, plan: Plan, content: string, options: ExtractOptions): Promise<void> {
  await mkdir(content);
  for (const folder of plan.folders) {
    options.signal?.throwIfAborted();
    await making(folder.path, () => mkdir(join(content, folder.path), { recursive: true, mode: modeOf(folder) }));
  }
  for (const file of plan.files) await writeFile(image, file, join(content, file.path), options);
  for (const { path } of plan.links) {
    await making(path, () => mkdir(dirname(join(content, path)), { recursive: true }));
  }
  // Nothing is made below a link: by now every folder is there.
  for (const { path, target = '' } of plan.links) await making(path, () => symlink(target, join(content, path)));
  // Inner folders first, and after everything that changes what is in them.
  for (const folder of plan.folders.toReversed()) await setTime(join(content, folder.path), folder);
}

async function writeFile(image: IsoImage, file: IsoEntry, path: string, options: ExtractOptions): Promise<void> {
  // 'wx': where the file system takes two names for one (by case, by Unicode form), the second is an error.
  const handle = await making(file.path, async () => {
    await mkdir(dirname(path), { recursive: true });
    return open(path, 'wx', modeOf(file));
  });
  try {
    for await (const bytes of image.read(file)) {
      options.signal?.throwIfAborted();
      await onDisk(file.path, () => handle.writeFile(bytes));
      options.onBytes?.(bytes.length);
    }
  } finally {
    await handle.close();
  }
  await setTime(path, file);
}

function modeOf(entry: IsoEntry): number {
  if (entry.type === 'directory') return ((entry.mode ?? 0o755) & 0o777) | 0o700;
  return ((entry.mode ?? 0o644) & 0o777) | 0o600;
}

async function setTime(path: string, entry: IsoEntry): Promise<void> {
  const { time } = entry;
  if (time !== undefined) await onDisk(entry.path, () => utimes(path, time, time));
}

async function refuseFull(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await onDisk(folder, () => statfs(folder));
  if (bytes <= bavail * bsize) return;
  const message = `${folder} has room for ${bavail * bsize} bytes; the content of the image takes ${bytes}`;
  throw new IsoError('INGOT_ISO_SPACE', message, { path: folder, help: 'Free some space, or name another disk.' });
}
