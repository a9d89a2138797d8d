import { sectorSize } from './sector.ts';
import { viewOf, writeBoth16, writeBoth32 } from './both-endian.ts';
import { encodeLongDate } from './date.ts';
import { encodeUcs2 } from './ucs2.ts';

/** What a volume descriptor says of a tree. Places are sectors, sizes bytes. */
export interface VolumeFacts {
  readonly volumeId: string;
  readonly system: string;
  readonly publisher: string;
  readonly preparer: string;
  readonly application: string;
  readonly applicationUse: Uint8Array;
  readonly time: number;
  readonly sectors: number;
  readonly pathTable: { readonly size: number; readonly little: number; readonly big: number };
  /** The root's directory record, 34 bytes (ECMA-119 §8.4.18). */
  readonly root: Uint8Array;
}

/** ECMA-119 §8.4: the primary volume descriptor, one sector. Text is UTF-8, filled with spaces. */
export function encodePrimaryDescriptor(facts: VolumeFacts): Uint8Array {
  return encodeDescriptor(1, facts, (text, length) => {
    const field = new Uint8Array(length).fill(0x20);
    field.set(Buffer.from(text, 'utf8').subarray(0, length));
    return field;
  });
}

/**
 * ECMA-119 §8.5 and the Joliet specification, "SVD": the supplementary volume descriptor of the Joliet tree, one
 * sector. Text is UCS-2, filled with spaces; an odd last byte is zero.
 */
export function encodeJolietDescriptor(facts: VolumeFacts): Uint8Array {
  const sector = encodeDescriptor(2, facts, (text, length) => {
    const field = new Uint8Array(length);
    const units = Math.floor(length / 2);
    field.set(encodeUcs2(text.padEnd(units, ' ').slice(0, units)));
    return field;
  });
  sector.set([0x25, 0x2f, 0x45], 88); // BP 89 to 120, §8.5.6: the escape sequence %/E is UCS-2 level 3
  return sector;
}

/** ECMA-119 §8.3: the volume descriptor set terminator, one sector. */
export function encodeTerminator(): Uint8Array {
  const sector = new Uint8Array(sectorSize);
  writeHeader(sector, 255);
  return sector;
}

/** ECMA-119 §8.1: what begins each volume descriptor. */
function writeHeader(sector: Uint8Array, type: number): void {
  sector[0] = type; // BP 1: volume descriptor type
  sector.set(Buffer.from('CD001', 'latin1'), 1); // BP 2 to 6: standard identifier
  sector[6] = 1; // BP 7: version
}

/** The fields that §8.4 and §8.5 have in common, at the same positions. */
function encodeDescriptor(
  type: number,
  facts: VolumeFacts,
  text: (value: string, length: number) => Uint8Array,
): Uint8Array {
  const sector = new Uint8Array(sectorSize);
  const view = viewOf(sector);
  writeHeader(sector, type);
  sector.set(text(facts.system, 32), 8); // BP 9 to 40, §8.4.5: system identifier
  sector.set(text(facts.volumeId, 32), 40); // BP 41 to 72, §8.4.6: volume identifier
  writeBoth32(sector, 80, facts.sectors); // BP 81 to 88, §8.4.8: volume space size
  writeBoth16(sector, 120, 1); // BP 121 to 124, §8.4.10: volume set size
  writeBoth16(sector, 124, 1); // BP 125 to 128, §8.4.11: volume sequence number
  writeBoth16(sector, 128, sectorSize); // BP 129 to 132, §8.4.12: logical block size
  writeBoth32(sector, 132, facts.pathTable.size); // BP 133 to 140, §8.4.13: path table size
  view.setUint32(140, facts.pathTable.little, true); // BP 141 to 144, §8.4.14: type L path table
  view.setUint32(148, facts.pathTable.big, false); // BP 149 to 152, §8.4.16: type M path table
  sector.set(facts.root, 156); // BP 157 to 190, §8.4.18: root directory record
  sector.set(text('', 128), 190); // BP 191 to 318, §8.4.19: volume set identifier
  sector.set(text(facts.publisher, 128), 318); // BP 319 to 446, §8.4.20
  sector.set(text(facts.preparer, 128), 446); // BP 447 to 574, §8.4.21
  sector.set(text(facts.application, 128), 574); // BP 575 to 702, §8.4.22
  for (const at of [702, 739, 776]) sector.set(text('', 37), at); // BP 703 to 813, §8.4.23 to 25: identifiers of files
  sector.set(encodeLongDate(facts.time), 813); // BP 814 to 830, §8.4.26: creation
  sector.set(encodeLongDate(facts.time), 830); // BP 831 to 847, §8.4.27: modification
  sector.set(encodeLongDate(undefined), 847); // BP 848 to 864, §8.4.28: expiration
  sector.set(encodeLongDate(facts.time), 864); // BP 865 to 881, §8.4.29: effective
  sector[881] = 1; // BP 882, §8.4.30: file structure version
  // BP 884 to 1395, §8.4.32: application use; blank where nothing is said, as implantisomd5 wants to find it
  sector.fill(0x20, 883, 1395);
  sector.set(facts.applicationUse.subarray(0, 512), 883);
  return sector;
}
