import { longDate, malformed, shortDate, text, u32, u8 } from './field.ts';
import { overLimit } from './limits.ts';
import type { IsoLimits } from './limits.ts';
import type { SystemUseEntry } from './susp.ts';

/** What the Rock Ridge entries (RRIP §4.1) of one directory record say. */
export interface RockRidge {
  readonly name: string | undefined;
  /** st_mode, with the file's type. */
  readonly mode: number | undefined;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly modified: number | undefined;
  readonly target: string | undefined;
  /** First sector of the directory for which this record stands (CL). */
  readonly child: number | undefined;
  /** The record is only where a deep directory was moved to (RE), and is not shown. */
  readonly relocated: boolean;
}

/** Identifiers of RRIP in the ER entry (RRIP §4.3): 1.09/1.10, 1.12, and what some tools write. */
export const rockRidgeIdentifiers: readonly string[] = ['RRIP_1991A', 'IEEE_P1282', 'IEEE_1282'];

/** POSIX file types in st_mode (RRIP §4.1.1, table 2). */
export const fileType = { mask: 0o170000, directory: 0o040000, regular: 0o100000, symlink: 0o120000 } as const;

/** Decodes the entries of one record. Throws INGOT_ISO_RECORD where one is too short, INGOT_ISO_LIMIT. */
export function decodeRockRidge(entries: readonly SystemUseEntry[], limits: IsoLimits): RockRidge {
  const px = find(entries, 'PX');
  const tf = find(entries, 'TF');
  const cl = find(entries, 'CL');
  return {
    name: alternateName(all(entries, 'NM'), limits),
    // §4.1.1 PX: mode BP 5-12, links BP 13-20, user BP 21-28, group BP 29-36
    mode: px && u32(px, 4),
    uid: px && u32(px, 20),
    gid: px && u32(px, 28),
    modified: tf && modifyTime(tf),
    target: symbolicLink(all(entries, 'SL'), limits),
    child: cl && u32(cl, 4), // §4.1.5.1 CL: BP 5-12
    relocated: find(entries, 'RE') !== undefined, // §4.1.5.3
  };
}

function all(entries: readonly SystemUseEntry[], signature: string): Uint8Array[] {
  return entries.filter((entry) => entry.signature === signature).map((entry) => entry.bytes);
}

function find(entries: readonly SystemUseEntry[], signature: string): Uint8Array | undefined {
  return entries.find((entry) => entry.signature === signature)?.bytes;
}

/** RRIP §4.1.4 NM: flags (BP 5: 1 goes on in the next, 2 current, 4 parent), a part of the name from BP 6 on. */
function alternateName(entries: readonly Uint8Array[], limits: IsoLimits): string | undefined {
  if (entries.length === 0) return undefined;
  const parts: Uint8Array[] = [];
  for (const entry of entries) {
    const flags = u8(entry, 4);
    if ((flags & 0x06) !== 0) return (flags & 0x02) !== 0 ? '.' : '..';
    parts.push(entry.subarray(5));
    if ((flags & 0x01) === 0) break;
  }
  return text(joined(parts, limits.nameBytes, 'bytes in a name'));
}

/** RRIP §4.1.3 SL: flags (BP 5), component records from BP 6 on; a target may fill several entries. */
function symbolicLink(entries: readonly Uint8Array[], limits: IsoLimits): string | undefined {
  if (entries.length === 0) return undefined;
  const target: Uint8Array[] = [];
  let glued = true;
  for (const entry of entries) {
    for (const component of components(entry)) {
      if (!glued) target.push(slash);
      target.push(component.bytes);
      glued = component.continues || component.isRoot;
    }
    if ((u8(entry, 4) & 0x01) === 0) break;
  }
  return text(joined(target, limits.targetBytes, 'bytes in the target of a link'));
}

interface Component {
  readonly bytes: Uint8Array;
  readonly continues: boolean;
  readonly isRoot: boolean;
}

/** RRIP §4.1.3.1: a component record: flags (BP 1: 1 goes on in the next, 2 ".", 4 "..", 8 "/"), length (BP 2). */
function* components(entry: Uint8Array): Generator<Component, void, undefined> {
  for (let at = 5; at < entry.length;) {
    const flags = u8(entry, at);
    const end = at + 2 + u8(entry, at + 1);
    if (end > entry.length) throw malformed('a component of a symbolic link that does not fit its entry');
    const isRoot = (flags & 0x08) !== 0;
    const bytes = isRoot
      ? slash
      : (flags & 0x04) !== 0
        ? dots
        : (flags & 0x02) !== 0
          ? dot
          : entry.subarray(at + 2, end);
    yield { bytes, continues: (flags & 0x01) !== 0, isRoot };
    at = end;
  }
}

const slash = Buffer.from('/');
const dot = Buffer.from('.');
const dots = Buffer.from('..');

/** RRIP §4.1.6 TF: flags (BP 5: 1 creation, 2 modify, …, 128 long form), the stamps in this order from BP 6 on. */
function modifyTime(entry: Uint8Array): number | undefined {
  const flags = u8(entry, 4);
  if ((flags & 0x02) === 0) return undefined;
  const isLong = (flags & 0x80) !== 0;
  const length = isLong ? 17 : 7;
  const at = 5 + ((flags & 0x01) !== 0 ? length : 0);
  if (at + length > entry.length) throw malformed('a TF entry whose stamps do not fit');
  return isLong ? longDate(entry, at) : shortDate(entry, at);
}

function joined(parts: readonly Uint8Array[], limit: number, what: string): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length > limit) throw overLimit(what, limit);
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
}
