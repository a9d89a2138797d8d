import { writeBoth32 } from './both-endian.ts';
import { entry } from './susp.ts';

/** The most content that one entry holds: its length is one byte, its head five. */
const room = 250;

/** RRIP §4.1.1: PX, POSIX mode and links; owner and group are 0 (the 1991A form, of 36 bytes). */
export function encodePX(mode: number, links: number): Uint8Array {
  const out = entry('PX', 36);
  writeBoth32(out, 4, mode); // BP 5 to 12: st_mode
  writeBoth32(out, 12, links); // BP 13 to 20: st_nlink
  return out; // BP 21 to 28: st_uid 0; BP 29 to 36: st_gid 0
}

/** RRIP §4.1.6: TF, times of modification, access and change of attributes, each in the 7-byte form. */
export function encodeTF(date: Uint8Array): Uint8Array {
  const out = entry('TF', 5 + 3 * 7);
  out[4] = 0x0e; // BP 5: MODIFY, ACCESS, ATTRIBUTES
  for (let i = 0; i < 3; i++) out.set(date, 5 + 7 * i); // BP 6 and on, in the order of the flags' bits
  return out;
}

/** RRIP §4.1.4: NM, the name; one of more than 250 bytes goes on in a further entry (flag CONTINUE). */
export function encodeNM(name: Uint8Array): Uint8Array[] {
  const out: Uint8Array[] = [];
  for (let at = 0; at < name.length; at += room) {
    const part = name.subarray(at, at + room);
    const nm = entry('NM', 5 + part.length);
    nm[4] = at + room < name.length ? 1 : 0; // BP 5: flags, bit 0 CONTINUE
    nm.set(part, 5); // BP 6 and on
    out.push(nm);
  }
  return out;
}

/**
 * RRIP §4.1.3: SL, the target of a symbolic link as component records, over as many entries as they need. An entry
 * ends within a component wherever that can be, since libarchive loses the slash between two entries.
 */
export function encodeSL(target: string): Uint8Array[] {
  const entries: Uint8Array[][] = [[]];
  let left = room;
  const put = (record: Uint8Array): void => {
    entries.at(-1)?.push(record);
    left -= record.length;
  };
  const next = (): void => {
    entries.push([]);
    left = room;
  };
  for (const { flags, name } of components(target)) {
    let rest = name;
    // Two bytes stay free for the head of a component that goes on in the next entry.
    while (2 + rest.length > left - 2) {
      if (flags === 0 && left >= 2) {
        const part = Math.min(left - 2, rest.length - 1);
        put(componentRecord(componentFlags.continued, rest.subarray(0, part)));
        rest = rest.subarray(part);
      }
      next();
    }
    put(componentRecord(flags, rest));
  }
  return entries.map((records, index) => symbolicLink(records, index < entries.length - 1));
}

function symbolicLink(records: readonly Uint8Array[], continued: boolean): Uint8Array {
  const content = Buffer.concat(records);
  const sl = entry('SL', 5 + content.length);
  sl[4] = continued ? 1 : 0; // BP 5: flags, bit 0 CONTINUE
  sl.set(content, 5); // BP 6 and on: component area
  return sl;
}

/** RRIP §4.1.3.1: the flags of a component record. */
const componentFlags = { continued: 0x01, current: 0x02, parent: 0x04, root: 0x08 } as const;

interface Component {
  readonly flags: number;
  readonly name: Uint8Array;
}

/** RRIP §4.1.3.1: the components of a target. Repeated slashes mean the same as one, and one at the end nothing. */
function components(target: string): Component[] {
  const none = new Uint8Array(0);
  const root = target.startsWith('/') ? [{ flags: componentFlags.root, name: none }] : [];
  const segments = target.split('/').filter((segment) => segment !== '');
  const others = segments.map((segment) => {
    if (segment === '.') return { flags: componentFlags.current, name: none };
    if (segment === '..') return { flags: componentFlags.parent, name: none };
    return { flags: 0, name: Buffer.from(segment, 'utf8') };
  });
  return [...root, ...others];
}

function componentRecord(flags: number, name: Uint8Array): Uint8Array {
  const record = new Uint8Array(2 + name.length);
  record[0] = flags; // BP 1
  record[1] = name.length; // BP 2: length of the content
  record.set(name, 2); // BP 3 and on
  return record;
}

/** RRIP §4.1.5.1: CL, in the record that stands for a moved directory: the sector where that directory now is. */
export function encodeCL(sector: number): Uint8Array {
  return link('CL', sector);
}

/** RRIP §4.1.5.2: PL, in a moved directory's record of its parent: the sector of the parent that it came from. */
export function encodePL(sector: number): Uint8Array {
  return link('PL', sector);
}

/** RRIP §4.1.5.3: RE, in the record of a moved directory: readers of Rock Ridge do not show it there. */
export function encodeRE(): Uint8Array {
  return entry('RE', 4);
}

function link(signature: string, sector: number): Uint8Array {
  const out = entry(signature, 12);
  writeBoth32(out, 4, sector); // BP 5 to 12
  return out;
}
