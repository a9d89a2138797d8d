import { viewOf } from './both-endian.ts';

/** A directory as the path tables know it. */
export interface PathTableEntry {
  /** One zero byte for the root (ECMA-119 §9.4.5). */
  readonly identifier: Uint8Array;
  /** First sector of the directory's extent. */
  readonly sector: number;
  /** The number of its parent in the table, from 1; the root is its own parent (ECMA-119 §6.9.1). */
  readonly parent: number;
}

/** ECMA-119 §9.4: the length in bytes of a path table record. */
export function pathTableRecordLength(identifierLength: number): number {
  return 8 + identifierLength + (identifierLength % 2);
}

/** ECMA-119 §9.4: a path table; type L has its numbers little-endian (§6.9.2), type M big-endian. */
export function encodePathTable(entries: readonly PathTableEntry[], type: 'L' | 'M'): Uint8Array {
  const little = type === 'L';
  const length = entries.reduce((sum, entry) => sum + pathTableRecordLength(entry.identifier.length), 0);
  const out = new Uint8Array(length);
  const view = viewOf(out);
  let at = 0;
  for (const { identifier, sector, parent } of entries) {
    out[at] = identifier.length; // BP 1, §9.4.1
    view.setUint32(at + 2, sector, little); // BP 3 to 6, §9.4.3: location of the extent
    view.setUint16(at + 6, parent, little); // BP 7 to 8, §9.4.4: parent directory number
    out.set(identifier, at + 8); // BP 9 and on, §9.4.5
    at += pathTableRecordLength(identifier.length);
  }
  return out;
}
