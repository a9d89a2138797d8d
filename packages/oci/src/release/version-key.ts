import { claimOf } from '@ingot/workspace';

/** `version:` at the top of a project file, its value, and what follows on the line. */
const line = /^(version:[ \t]+)(?:"([^"\n]*)"|'([^'\n]*)'|([^\s#"'][^\s#]*))([ \t]*(?:#[^\n]*)?)$/m;

/** The version that a project file says; undefined for a file that is not ours, or takes it from package.json. */
export function readVersion(text: string | undefined): string | undefined {
  if (text === undefined || claimOf(text) === undefined) return undefined;
  const found = line.exec(text);
  const version = found?.[2] ?? found?.[3] ?? found?.[4];
  return version === 'package.json' ? undefined : version;
}

/** The text with another version; quotes, comment and all else stay. */
export function writeVersion(text: string, version: string): string {
  return text.replace(line, (_, key: string, double?: string, single?: string, _plain?: string, rest = '') => {
    // Two dots make no number: such a version needs no quotes.
    const quote = double !== undefined || !/^\d+\.\d+\.\d/.test(version) ? '"' : single !== undefined ? "'" : '';
    return `${key}${quote}${version}${quote}${rest}`;
  });
}
