import { ProjectError } from '@ingot/workspace';

const units: Readonly<Record<string, number>> = { '': 0, K: 1, M: 2, G: 3, T: 4 };

/**
 * `2GiB`, `2G`, `1.5 GiB` (1024), `2GB` (1000) or bytes, as a number of bytes. Throws ProjectError INGOT_FILE_VALUE.
 */
export function parseSize(text: string): number {
  const found = /^(\d+(?:\.\d+)?) ?([KMGT]?)(i?)(B?)$/.exec(text);
  const power = found ? units[found[2]!]! : 0;
  // As qemu-img and truncate take them: a plain letter is binary; with B, only the i makes it so.
  const base = found?.[4] === 'B' && found[3] === '' ? 1000 : 1024;
  const bytes = found ? Math.round(Number(found[1]) * base ** power) : Number.NaN;
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw new ProjectError('INGOT_FILE_VALUE', `${text} is not valid: expected a size, such as 2GiB or 512MiB`);
}
