import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TargetConfiguration } from '@nx/devkit';
import { conflictMark } from '../lock/conflict-marks.ts';
import { projectFacts } from './facts.ts';

const LOCK_FILE = 'ingot.lock';
/** Changes when `lockFacts` answers differently. */
const VERSION = '1';

/** What ingot.lock pins, as inference needs it: complete references with tag and digest. */
type LockFacts = readonly string[];

/** The pinned references that `references` (of `docker://` sources) lead to; those that are not locked are left out. */
export type Locked = (references: readonly string[]) => readonly string[];

/**
 * Reads ingot.lock once for all projects of a plugin. What a target is built on becomes one of its options, so that the
 * edit of an entry changes the hash of those targets alone that use it.
 */
export async function lockedReferences(workspaceRoot: string, plugin: string): Promise<Locked> {
  const options = { kind: 'lock', plugin: `${plugin}-lock`, version: VERSION, read: lockFacts };
  const [lock] = await projectFacts([LOCK_FILE], workspaceRoot, options);
  if (lock === undefined || lock.facts.length === 0 || hasConflict(workspaceRoot)) return () => [];
  const { formatReference, parseReference } = await import('@ingot/registry/reference');
  const key = (text: string): string | undefined => {
    try {
      const { registry, repository, tag } = parseReference(text);
      return formatReference({ registry, repository, ...(tag === undefined ? {} : { tag }) });
    } catch {
      return undefined; // The executor reports it, at its place.
    }
  };
  const pinned = new Map(lock.facts.map((image) => [key(image), image]));
  return (references) => references.flatMap((text) => pinned.get(key(text)) ?? []).sort();
}

/**
 * With conflict marks nothing is pinned: what YAML can still make of the file might be a cache hit of either side, and
 * nobody would be told.
 */
function hasConflict(workspaceRoot: string): boolean {
  return conflictMark.test(readFileSync(join(workspaceRoot, LOCK_FILE), 'utf8'));
}

/** Out of a plain YAML value that nobody has checked. */
function lockFacts(value: unknown): LockFacts {
  const images = (value as { images?: unknown } | null | undefined)?.images;
  if (!Array.isArray(images)) return [];
  return images.map((each) => (each as { image?: unknown } | null)?.image).filter((image) => typeof image === 'string');
}

/** The reference of a `docker://` source that carries no digest of its own: one that the lock must pin. */
export function referenceToLock(source: string): string | undefined {
  const reference = /^docker:\/\/(.+)$/.exec(source)?.[1];
  return reference === undefined || reference.includes('@') ? undefined : reference;
}

/**
 * Inputs that make `nx affected`, which goes by files, see a change of ingot.lock, and that leave the hash of the task as
 * it is: the file is named and taken out again. The option `locked` carries what counts.
 */
export const lockInputs: NonNullable<TargetConfiguration['inputs']> = [
  `{workspaceRoot}/${LOCK_FILE}`,
  `!{workspaceRoot}/${LOCK_FILE}`,
];
