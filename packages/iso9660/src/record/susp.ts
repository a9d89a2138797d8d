import { writeBoth32 } from './both-endian.ts';

/** SUSP §5.1: length in bytes of a CE entry. */
export const continuationLength = 28;

/** SUSP §4: what begins each entry: signature (BP 1 to 2), length (BP 3), version (BP 4). */
export function entry(signature: string, length: number): Uint8Array {
  const out = new Uint8Array(length);
  out[0] = signature.charCodeAt(0);
  out[1] = signature.charCodeAt(1);
  out[2] = length;
  out[3] = 1;
  return out;
}

/** SUSP §5.1: CE, where the entries go on: sector, offset and length in bytes. */
export function encodeCE(sector: number, offset: number, length: number): Uint8Array {
  const out = entry('CE', continuationLength);
  writeBoth32(out, 4, sector); // BP 5 to 12: block location of the continuation area
  writeBoth32(out, 12, offset); // BP 13 to 20: offset into it
  writeBoth32(out, 20, length); // BP 21 to 28: length of the area
  return out;
}

/** SUSP §5.3: SP, the first entry of the root's record of itself, says that the system use field is SUSP's. */
export function encodeSP(): Uint8Array {
  const out = entry('SP', 7);
  out[4] = 0xbe; // BP 5: check byte
  out[5] = 0xef; // BP 6: check byte
  out[6] = 0; // BP 7: bytes skipped before the entries of every record
  return out;
}

/** SUSP §5.5 and RRIP §4.3: ER, which names the extension in use: Rock Ridge. */
export function encodeER(): Uint8Array {
  const identifier = 'RRIP_1991A';
  const description = 'THE ROCK RIDGE INTERCHANGE PROTOCOL PROVIDES SUPPORT FOR POSIX FILE SYSTEM SEMANTICS';
  const source =
    'PLEASE CONTACT DISC PUBLISHER FOR SPECIFICATION SOURCE.  SEE PUBLISHER IDENTIFIER IN PRIMARY VOLUME ' +
    'DESCRIPTOR FOR CONTACT INFORMATION.';
  const out = entry('ER', 8 + identifier.length + description.length + source.length);
  out[4] = identifier.length; // BP 5
  out[5] = description.length; // BP 6
  out[6] = source.length; // BP 7
  out[7] = 1; // BP 8: version of the extension
  out.set(Buffer.from(identifier + description + source, 'latin1'), 8); // BP 9 and on
  return out;
}
