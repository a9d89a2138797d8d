import { ContentError } from '../error.ts';

/** RFC 3339 in UTC, whole seconds. Throws ContentError INGOT_IMAGE_CONFIG for what is not a year from 1970 to 9999. */
export function timestamp(seconds: number): string {
  if (!Number.isSafeInteger(seconds) || seconds < 0 || seconds > 253_402_300_799) {
    throw new ContentError('INGOT_IMAGE_CONFIG', `${seconds} is not a time for an image`, {
      help: 'Give whole seconds since 1970, as SOURCE_DATE_EPOCH has them.',
    });
  }
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}
