import { ProjectError } from '@ingot/workspace';
import type { MmdebstrapDescription, OsImageDescription } from '../../description/description.ts';

/** Suites that have no updates and security fixes of their own. */
const rolling = new Set(['sid', 'unstable', 'experimental']);

/** One-line entries of sources.list(5): those of the description, else Debian's own of its suite. */
export function sourcesOf({ suite, sources }: MmdebstrapDescription): readonly string[] {
  if (sources.length > 0) return sources;
  const main = `deb http://deb.debian.org/debian ${suite} main`;
  if (rolling.has(suite)) return [main];
  return [
    main,
    `deb http://deb.debian.org/debian ${suite}-updates main`,
    `deb http://security.debian.org/debian-security ${suite}-security main`,
  ];
}

/** Archives of a day past: what they said of themselves has run out since. */
export function isSnapshot(source: string): boolean {
  return /\/\d{8}T\d{6}Z?(\/|\s|$)/.test(source) || /\/\/snapshot\.(debian\.org|ubuntu\.com)/.test(source);
}

/** Packages of this machine: those inside of the root must see them, too. */
export function isLocal(sourceOrPackage: string): boolean {
  return /\bfile:/.test(sourceOrPackage) || /^(\/|\.\.?\/)/.test(sourceOrPackage);
}

/** Throws ProjectError INGOT_FILE_VALUE for a source that is no line of sources.list(5): mmdebstrap would guess. */
export function checkSources({ sources }: MmdebstrapDescription, { place }: OsImageDescription): void {
  const wrong = sources.findIndex((source) => !/^deb(-src)? +(\[[^\]\n]*\] +)?[a-z+]+:\S+ +\S[^\n]*$/.test(source));
  if (wrong < 0) return;
  throw new ProjectError('INGOT_FILE_VALUE', `not a line of sources.list: ${sources[wrong]}`, {
    place: place(['mmdebstrap', 'sources', wrong]),
    help: 'write e.g. deb http://deb.debian.org/debian bookworm main',
  });
}
