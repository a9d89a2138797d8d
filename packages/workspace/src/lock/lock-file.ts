import { readFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatReference, parseReference, type Reference } from '@ingot/registry/reference';
import { ProjectError, type Place } from '../error.ts';
import { conflictMark } from './conflict-marks.ts';
import { parseProjectFile } from '../project-file/parse.ts';
import type { Schema } from '../project-file/schema.ts';
import { placed } from '../project-file/with-place.ts';

/** Lies at the root of the workspace. */
export const LOCK_FILE = 'ingot.lock';

/** A manifest or index of a registry. */
export interface LockedBlob {
  readonly mediaType: string;
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
}

/** What a reference stands for. */
export interface LockedImage {
  /** Complete: registry, repository, tag and digest. */
  readonly image: string;
  /** What the digest names; undefined where somebody changed the digest alone. */
  readonly root?: LockedBlob;
  /** By platform: `linux/amd64`. */
  readonly platforms: Readonly<Record<string, LockedBlob>>;
}

export interface Lock {
  readonly images: readonly LockedImage[];
  /** The entry of a reference with a tag, whatever its digest. */
  find(reference: Reference): LockedImage | undefined;
  /** Where an entry is written, for errors. */
  place(image: LockedImage): Place;
}

interface LockFile {
  readonly images: readonly {
    readonly image: string;
    readonly root?: LockedBlob;
    readonly platforms?: Readonly<Record<string, LockedBlob>>;
  }[];
}

let schema: Schema | undefined;

/**
 * The lock of a workspace; an empty one where there is no file. Throws ProjectError INGOT_LOCK_CONFLICT, INGOT_LOCK_TWICE,
 * INGOT_LOCK_FILE, and what parseProjectFile throws.
 */
export async function readLock(workspaceRoot: string): Promise<Lock> {
  const file = join(workspaceRoot, LOCK_FILE);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return asLock([], () => ({ file, line: 1, column: 1 }));
    throw new ProjectError('INGOT_LOCK_FILE', `cannot read it: ${(cause as Error).message}`, { path: file, cause });
  }
  return parseLock(text, file);
}

/** Throws as readLock does. */
export function parseLock(text: string, file: string): Lock {
  refuseConflict(text, file);
  schema ??= JSON.parse(readFileSync(new URL('../../schema/lock.schema.json', import.meta.url), 'utf8')) as Schema;
  const parsed = parseProjectFile<LockFile>({ text, file, kind: 'lock/v1', schema });
  if (parsed === undefined) {
    throw new ProjectError('INGOT_LOCK_FILE', 'its first key is not `ingot: lock/v1`', {
      place: { file, line: 1, column: 1 },
      help: 'remove the file and let `nx g @ingot/oci:lock` write it, or rename what is not ours',
    });
  }
  const images = parsed.value.images.map(complete);
  const place = (image: LockedImage): Place => parsed.place(['images', images.indexOf(image), 'image']);
  const seen = new Map<string, LockedImage>();
  for (const image of images) {
    const key = keyOf(parsedAt(image.image, place(image)));
    if (seen.has(key)) {
      throw new ProjectError('INGOT_LOCK_TWICE', `${key} is locked twice`, {
        place: place(image),
        help: 'leave the entry that you want, remove the other',
      });
    }
    seen.set(key, image);
  }
  return asLock(images, place);
}

function parsedAt(image: string, place: Place): Reference {
  try {
    return parseReference(image);
  } catch (error) {
    throw placed(error, place);
  }
}

function asLock(images: readonly LockedImage[], place: (image: LockedImage) => Place): Lock {
  const byKey = new Map(images.map((image) => [keyOf(parseReference(image.image)), image]));
  return { images, place, find: (reference) => byKey.get(keyOf(reference)) };
}

/** Details that belong to another digest than the reference has are none: Renovate changes the reference alone. */
function complete({ image, root, platforms = {} }: LockFile['images'][number]): LockedImage {
  if (root === undefined || !image.endsWith(`@${root.digest}`)) return { image, platforms: {} };
  return { image, root, platforms };
}

/** What an entry is found by: registry, repository and tag. */
export function keyOf({ registry, repository, tag }: Reference): string {
  return formatReference({ registry, repository, ...(tag === undefined ? {} : { tag }) });
}

/** Git's marks would be a syntax error somewhere in the middle; this says what to do. */
function refuseConflict(text: string, file: string): void {
  const line = text.split('\n').findIndex((each) => conflictMark.test(each));
  if (line < 0) return;
  throw new ProjectError('INGOT_LOCK_CONFLICT', 'the file has conflict marks of a merge', {
    place: { file, line: line + 1, column: 1 },
    help: 'keep either side of each conflict; `nx g @ingot/oci:lock` then adds what is missing and removes what is unused',
  });
}

/** The text of a lock: entries sorted by reference, platforms by name. */
export function formatLock(images: readonly LockedImage[]): string {
  const lines = [...images].sort(by(({ image }) => image)).flatMap(entryLines);
  return [
    '# What each docker:// source stands for. `nx g @ingot/oci:lock` adds what is missing and removes what is unused;',
    "# `nx g @ingot/oci:lock --update 'debian*'` renews. Renovate may renew the digest in `image` (docs: ingot.lock).",
    'ingot: lock/v1',
    lines.length === 0 ? 'images: []' : 'images:',
    ...lines,
    '',
  ].join('\n');
}

function entryLines({ image, root, platforms }: LockedImage): string[] {
  const names = Object.entries(platforms).sort(by(([name]) => name));
  return [
    `  - image: ${image}`,
    ...(root === undefined ? [] : [`    root: ${flow(root)}`]),
    ...(names.length === 0 ? [] : ['    platforms:', ...names.map(([name, blob]) => `      ${name}: ${flow(blob)}`)]),
  ];
}

function flow({ mediaType, digest, size }: LockedBlob): string {
  return `{ mediaType: ${mediaType}, digest: ${digest}, size: ${size} }`;
}

function by<T>(key: (value: T) => string): (a: T, b: T) => number {
  return (a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
}
