import {
  didYouMean,
  formatLock,
  generator,
  keyOf,
  LOCK_FILE,
  lockImage,
  parseLock,
  ProjectError,
  registriesOf,
  withPlace,
  type LockedImage,
} from '@ingot/workspace';
import { parseReference, type Reference } from '@ingot/registry/reference';
import { readNxJson, type Tree } from '@nx/devkit';
import { referencesIn } from './references.ts';

export interface LockOptions {
  /** Which entries to renew, with `*` for any characters; `true` for all. */
  readonly update?: string | boolean;
}

/**
 * Writes ingot.lock: adds what the project files name and the lock lacks, renews what `update` matches, removes what
 * nobody names, and writes anew what belongs to a digest that was changed alone. All else stays as it is. Throws ProjectError INGOT_LOCK_PATTERN, INGOT_LOCK_*, INGOT_REFERENCE_SYNTAX,
 * and the registries' errors; the file is then as it was.
 */
async function lock(tree: Tree, { update }: LockOptions): Promise<void> {
  const before = lockedBefore(tree);
  const wanted = new Map((await referencesIn(tree)).toReversed().map((named) => [keyOf(named.reference), named]));
  const renewed = matching([...wanted.keys()], update);
  const registries = await registriesOf({ root: tree.root, nxJsonConfiguration: readNxJson(tree) ?? {} });
  const images = await Promise.all(
    [...wanted].map(async ([key, { reference, place }]): Promise<LockedImage> => {
      const kept = before.get(key);
      if (kept === undefined || renewed.has(key)) {
        return withPlace(place, () => lockImage(registries, withoutDigest(reference)));
      }
      // Renovate, or a hand, has changed the digest alone: what stood beside it was of another one.
      return kept.root ? kept : withPlace(place, () => lockImage(registries, parseReference(kept.image)));
    }),
  );
  for (const line of changes(before, images)) console.log(line);
  if (images.length > 0 || tree.exists(LOCK_FILE)) tree.write(LOCK_FILE, formatLock(images));
}

function lockedBefore(tree: Tree): ReadonlyMap<string, LockedImage> {
  const text = tree.exists(LOCK_FILE) ? (tree.read(LOCK_FILE, 'utf8') ?? '') : undefined;
  if (text === undefined) return new Map();
  return byKey(parseLock(text, LOCK_FILE).images);
}

function byKey(images: readonly LockedImage[]): Map<string, LockedImage> {
  return new Map(images.map((image) => [keyOf(parseReference(image.image)), image]));
}

/** The keys that a pattern means: the complete reference, or its end after a slash (`debian*` for Docker Hub's). */
function matching(keys: readonly string[], update: LockOptions['update']): ReadonlySet<string> {
  if (update === undefined || update === false) return new Set();
  if (update === true || update === '' || update === 'true') return new Set(keys);
  const pattern = new RegExp(`(^|/)${update.split('*').map(escaped).join('.*')}(:[^/]*)?$`);
  const matched = keys.filter((key) => pattern.test(key));
  if (matched.length > 0) return new Set(matched);
  throw new ProjectError('INGOT_LOCK_PATTERN', `no reference matches "${update}"${didYouMean(update, keys)}`, {
    help: `references: ${keys.join(', ') || 'none: no project file names an image of a registry'}`,
  });
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function withoutDigest({ registry, repository, tag }: Reference): Reference {
  return { registry, repository, ...(tag === undefined ? {} : { tag }) };
}

/** A line for each entry that is added, renewed, removed; one for all that stay. */
function changes(before: ReadonlyMap<string, LockedImage>, images: readonly LockedImage[]): string[] {
  const after = byKey(images);
  const lines = [...after].sort().flatMap(([key, { image }]) => {
    const old = before.get(key)?.image;
    if (old === image) return before.get(key)?.root ? [] : [`~ ${key}  its platforms`];
    return [old === undefined ? `+ ${key}  ${digestOf(image)}` : `~ ${key}  ${digestOf(old)} → ${digestOf(image)}`];
  });
  const removed = [...before.keys()].filter((key) => !after.has(key)).map((key) => `- ${key}  nobody names it`);
  return lines.length + removed.length > 0 ? [...lines, ...removed] : [`${LOCK_FILE}: nothing to change`];
}

function digestOf(image: string): string {
  return image.slice(image.indexOf('@') + 1);
}

export default generator(lock);
