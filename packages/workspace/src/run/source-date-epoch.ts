import { ProjectError } from '../error.ts';

/** The last second of the year 9999: RFC 3339 has none after it. */
const LATEST = 253_402_300_799;

/**
 * SOURCE_DATE_EPOCH (reproducible-builds.org), in seconds since 1970; undefined where it is not set, or empty.
 * Throws ProjectError INGOT_SOURCE_DATE_EPOCH.
 */
export function sourceDateEpoch(environment: NodeJS.ProcessEnv = process.env): number | undefined {
  const text = environment['SOURCE_DATE_EPOCH'];
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,12}$/.test(text) && Number(text) <= LATEST) return Number(text);
  throw new ProjectError('INGOT_SOURCE_DATE_EPOCH', `SOURCE_DATE_EPOCH is not a number of seconds: ${text}`, {
    help: 'set it to whole seconds since 1970, e.g. $(git log -1 --format=%ct), or unset it',
  });
}
