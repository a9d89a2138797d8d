/**
 * The text that isomd5sum keeps in the 512 bytes for the application's use of the primary volume descriptor
 * (ECMA-119 §8.4.32, BP 884-1395): libimplantisomd5.c writes it, parsepvd() in utilities.c reads it.
 */
export const APPLICATION_USE = { offset: 16 * 2048 + 883, size: 512 } as const;

/** Sectors at the end that the sums leave out: drives often cannot read the last ones (utilities.h, SKIPSECTORS). */
export const SKIP_SECTORS = 15;
export const FRAGMENT_COUNT = 20;
/** Characters of all fragment sums together (utilities.h, FRAGMENT_SUM_SIZE). */
export const FRAGMENT_SUMS = 60;

/** What the text says. `md5` and `fragmentSums` as they stand there. */
export interface MediaSums {
  readonly md5: string;
  readonly skipSectors: number;
  readonly fragmentSums: string;
  readonly fragmentCount: number;
}

/** The 512 bytes. `supported`: Red Hat's mark of a supported release (RHLISOSTATUS). */
export function encodeApplicationUse(md5: string, fragmentSums: string, supported: boolean): Uint8Array {
  const text =
    `ISO MD5SUM = ${md5};SKIPSECTORS = ${SKIP_SECTORS};RHLISOSTATUS=${supported ? 1 : 0};` +
    `FRAGMENT SUMS = ${fragmentSums};FRAGMENT COUNT = ${FRAGMENT_COUNT};` +
    'THIS IS NOT THE SAME AS RUNNING MD5SUM ON THIS ISO!!';
  return new Uint8Array(Buffer.from(text.padEnd(APPLICATION_USE.size, ' '), 'latin1'));
}

/**
 * What checkisomd5 finds in the 512 bytes; undefined where it finds no sums. A field counts wherever it
 * begins; only the sum of the whole and the skipped sectors must be there.
 */
export function decodeApplicationUse(bytes: Uint8Array): MediaSums | undefined {
  // Its buffer is a C string: the last byte is overwritten, and a NUL ends every comparison.
  const text = `${Buffer.from(bytes.subarray(0, APPLICATION_USE.size - 1)).toString('latin1')}\0`;
  const md5 = fixedField(text, 'ISO MD5SUM = ', 32);
  const skipSectors = numberField(text, 'SKIPSECTORS = ');
  if (md5 === undefined || skipSectors === undefined) return undefined;
  return {
    md5,
    skipSectors,
    fragmentSums: fixedField(text, 'FRAGMENT SUMS = ', FRAGMENT_SUMS) ?? '',
    fragmentCount: numberField(text, 'FRAGMENT COUNT = ') ?? FRAGMENT_COUNT,
  };
}

function fixedField(text: string, label: string, length: number): string | undefined {
  const at = text.indexOf(label);
  const from = at + label.length;
  return at < 0 || from + length >= text.length ? undefined : text.slice(from, from + length);
}

/** A number up to the semicolon, as strtol reads it: an empty one is 0, one with anything after it is no field. */
function numberField(text: string, label: string): number | undefined {
  const match = new RegExp(`${label}[ \\t\\n\\v\\f\\r]*([+-]?\\d+|);`).exec(text);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}
