import { ProjectError, type Place } from '@ingot/workspace';

export interface MetalStackVersion {
  /** `12.0`, as written. */
  readonly majorMinor: string;
  /** `20260214`. */
  readonly patch: string;
}

/**
 * metal-stack's versions are `major.minor.YYYYMMDD`; a leading zero of the minor one is tolerated, since Ubuntu has
 * 19.04 (metal-images, IMAGE_STORE.md). Throws ProjectError INGOT_OS_IMAGE_VERSION.
 * @param place of `version` in os-image.yaml
 */
export function checkMetalStackVersion(version: string, place?: Place): MetalStackVersion {
  const [, major, minor, patch] = /^(0|[1-9]\d{0,8})\.(\d{1,9})\.(\d{8})$/.exec(version) ?? [];
  if (major !== undefined && minor !== undefined && patch !== undefined && isDay(patch)) {
    return { majorMinor: `${major}.${minor}`, patch };
  }
  throw new ProjectError(
    'INGOT_OS_IMAGE_VERSION',
    `version: ${JSON.stringify(version)} is none that metal-stack takes`,
    {
      ...(place ? { place } : {}),
      help: 'write major.minor.YYYYMMDD, as 12.0.20260214; `12.0.{date}` fills in the day',
    },
  );
}

function isDay(text: string): boolean {
  const [year, month, day] = [text.slice(0, 4), text.slice(4, 6), text.slice(6)].map(Number) as [
    number,
    number,
    number,
  ];
  const date = new Date(Date.UTC(year, month - 1, day));
  return year >= 1970 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
