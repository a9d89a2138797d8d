import { ProjectError, type Place } from '@ingot/workspace';
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

/** The entries as apt takes them. Of archives of a day past, what they said of themselves has run out since. */
export function aptSourcesOf(description: MmdebstrapDescription): readonly string[] {
  return sourcesOf(description).map((source) => (isSnapshot(source) ? withOldLists(source) : source));
}

/** Of this entry alone: of the others, lists that have run out are those of somebody who holds fixes back. */
function withOldLists(source: string): string {
  const [, type, , options = '', rest] = /^(\S+) +(\[([^\]]*)\] +)?(.*)$/.exec(source) ?? [];
  if (rest === undefined || /(^|\s)check-valid-until[-+]?=/i.test(options)) return source;
  return `${type} [${[options.trim(), 'check-valid-until=no'].filter(Boolean).join(' ')}] ${rest}`;
}

function isSnapshot(source: string): boolean {
  return /\/\d{8}T\d{6}Z?(\/|\s|$)/.test(source) || /\/\/snapshot\.(debian\.org|ubuntu\.com)/.test(source);
}

/**
 * Throws ProjectError INGOT_FILE_VALUE for a source that is no line of sources.list(5), since mmdebstrap would guess, and
 * for packages that would have to be mounted into the root.
 */
export function checkSources({ sources, packages }: MmdebstrapDescription, { place }: OsImageDescription): void {
  const line = /^deb(-src)? +(\[[^\]\n]*\] +)?[a-z+]+:\S+ +\S[^\n]*$/;
  for (const [i, source] of sources.entries()) {
    const fail = wrong(place(['mmdebstrap', 'sources', i]));
    if (!line.test(source)) {
      throw fail(`not a line of sources.list: ${source}`, 'write e.g. deb http://deb.debian.org/debian bookworm main');
    }
    if (/^\S+ +(\[.*\] +)?file:/.test(source))
      throw fail('file: works outside of a root only', 'write copy: in its place');
  }
  const file = packages.findIndex((name) => /^(\/|\.\.?\/)/.test(name));
  if (file < 0) return;
  const fail = wrong(place(['mmdebstrap', 'packages', file]));
  throw fail(
    `${packages[file]} is a file`,
    'put it into a folder with an index (dpkg-scanpackages), and name that as source',
  );
}

function wrong(place: Place) {
  return (message: string, help: string) => new ProjectError('INGOT_FILE_VALUE', message, { place, help });
}
