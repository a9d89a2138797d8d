/** The last second that a directory record can carry: 1900 + 255 years (ECMA-119 §9.1.5). */
export const latestTime = Date.UTC(2155, 11, 31, 23, 59, 59) / 1000;

/** ECMA-119 §9.1.5: date and time in 7 bytes, in UTC. `time` is in seconds since 1970. */
export function encodeShortDate(time: number): Uint8Array {
  const date = new Date(time * 1000);
  return Uint8Array.of(
    date.getUTCFullYear() - 1900, // BP 1
    date.getUTCMonth() + 1, // BP 2
    date.getUTCDate(), // BP 3
    date.getUTCHours(), // BP 4
    date.getUTCMinutes(), // BP 5
    date.getUTCSeconds(), // BP 6
    0, // BP 7: offset from Greenwich, in quarters of an hour
  );
}

/**
 * ECMA-119 §8.4.26.1: date and time in 17 bytes, in UTC: sixteen digits, YYYYMMDDHHMMSScc, and the offset from
 * Greenwich. `undefined` means "not specified": digits of zero.
 */
export function encodeLongDate(time: number | undefined): Uint8Array {
  const digits = time === undefined ? '0'.repeat(16) : digitsOf(new Date(time * 1000));
  const out = new Uint8Array(17);
  out.set(Buffer.from(digits, 'latin1'));
  return out;
}

/** ISO 8601 without its punctuation has the digits in the wanted order: 2026-01-31T23:59:59.000Z. */
function digitsOf(date: Date): string {
  return `${date
    .toISOString()
    .replace(/[^0-9]/g, '')
    .slice(0, 14)}00`;
}
