import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { checkMd5 } from '@ingot/iso9660';
import type { Fault, Rule } from '../finding.ts';

/** In bytes; a line of sha256sum has 66 and the file's name. */
const largestSumFile = 64 * 1024;

/** The sums by which people check a medium before they trust it. */
export const checksumRules: readonly Rule[] = [
  {
    id: 'checksum-beside',
    holds: 'the file .sha256 beside the ISO agrees',
    level: 'error',
    reason: 'Operators check an installation medium by it after a download or a copy.',
    remedy: 'Copy or download the ISO again, or pack the Solution anew.',
    check: ({ file }) => (file === undefined ? undefined : besideFaults(file)),
  },
  {
    id: 'checksum-implanted',
    holds: 'the media check sums in the ISO agree',
    level: 'error',
    reason: 'Installers and checkisomd5 refuse the medium otherwise.',
    remedy: 'Copy or download the ISO again, or pack the Solution anew.',
    async check({ file }) {
      const { state, expected, actual } = file === undefined ? { state: 'absent' } : await checkMd5(file);
      if (state === 'absent') return undefined;
      return state === 'passed' ? [] : [{ message: `the ISO carries the MD5 ${expected}, and has ${actual}` }];
    },
  },
];

async function besideFaults(file: string): Promise<Fault[]> {
  const path = `${file}.sha256`;
  const size = await stat(path).then(
    (found) => found.size,
    () => undefined,
  );
  if (size === undefined) {
    return [
      {
        level: 'warning',
        message: `there is no ${basename(path)} beside the ISO`,
        remedy: `Make it with sha256sum ${basename(file)} > ${basename(path)}, or pack with Ingot.`,
      },
    ];
  }
  const text = size > largestSumFile ? '' : await readFile(path, 'utf8');
  const expected = sumOf(text, basename(file));
  if (expected === undefined) return [{ message: `${basename(path)} has no SHA-256 of ${basename(file)}`, path }];
  const hash = createHash('sha256');
  for await (const part of createReadStream(file, { highWaterMark: 1024 * 1024 })) hash.update(part as Uint8Array);
  const actual = hash.digest('hex');
  return actual === expected
    ? []
    : [{ message: `${basename(path)} says ${expected}, and the ISO has ${actual}`, path }];
}

/** Lines of sha256sum: digits, two blanks (or one and *), name; a file with one bare sum is about the ISO, too. */
function sumOf(text: string, name: string): string | undefined {
  const lines = text.split('\n').map((line) => /^([0-9a-fA-F]{64})(?: [ *](.*))?$/.exec(line.trim()));
  const line = lines.find((one) => one?.[2] === name) ?? lines.find((one) => one !== null && one[2] === undefined);
  return line?.[1]?.toLowerCase();
}
