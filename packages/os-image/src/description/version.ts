import { ProjectError, sourceDateEpoch } from '@ingot/workspace';
import type { OsImageDescription } from './description.ts';

/** OCI distribution-spec: a version becomes a tag. */
const tag = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

const byLock = 'write packages.lock by the target lock';
const byHand = 'write the day itself in its place';

/** Where there are no packages to look up, there is no target lock. */
const otherDate: Readonly<Record<OsImageDescription['builder']['kind'], string>> = {
  mmdebstrap: byLock,
  dockerfile: byLock,
  rootfs: byHand,
  command: byHand,
};

/**
 * The version with `{date}` filled in: the day (UTC) of SOURCE_DATE_EPOCH where that is set, else the one that
 * packages.lock was written. Throws ProjectError INGOT_OS_IMAGE_VERSION.
 * @param lockDate of packages.lock, `YYYYMMDD`
 */
export function versionOf(
  { versionPattern, place, builder }: Pick<OsImageDescription, 'versionPattern' | 'place' | 'builder'>,
  lockDate: string | undefined,
  epoch: number | undefined = sourceDateEpoch(),
): string {
  const wrong = (message: string, help: string) =>
    new ProjectError('INGOT_OS_IMAGE_VERSION', `version: ${message}`, { place: place(['version']), help });
  const date = epoch === undefined ? lockDate : dayOf(epoch);
  if (versionPattern.includes('{date}') && date === undefined) {
    throw wrong('there is no date for {date}', `set SOURCE_DATE_EPOCH, or ${otherDate[builder.kind]}`);
  }
  const version = versionPattern.replaceAll('{date}', date ?? '');
  if (tag.test(version)) return version;
  throw wrong(
    `${JSON.stringify(version)} cannot be the tag of an image`,
    'a tag has letters, digits, ".", "_" and "-", begins with a letter, digit or "_", and has at most 128 characters',
  );
}

/** `YYYYMMDD` of seconds since 1970, in UTC. */
export function dayOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10).replaceAll('-', '');
}
