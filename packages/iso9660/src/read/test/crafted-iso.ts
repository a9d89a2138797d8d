/** Builds images that no tool would write. Only what the reader looks at: first halves of both-byte-order numbers. */
export class CraftedIso {
  readonly bytes: Buffer;

  /** A root directory at sector 18, one sector long, with Rock Ridge unless `plain`. */
  constructor(sectors: number, options: { plain?: boolean } = {}) {
    this.bytes = Buffer.alloc(sectors * 2048);
    this.descriptor(16, 1);
    this.descriptor(17, 255);
    const rockRidge = [sp, px(0o040755)];
    this.directory(18, options.plain === true ? [] : rockRidge);
  }

  /** ECMA-119 §8: standard identifier, block size, root. */
  descriptor(sector: number, type: number): void {
    const at = sector * 2048;
    this.bytes.set([type, ...Buffer.from('CD001'), 1], at);
    this.bytes.writeUInt32LE(this.bytes.length / 2048, at + 80);
    this.bytes.writeUInt16LE(2048, at + 128);
    this.bytes.set(record({ identifier: '\0', sector: 18, size: 2048, flags: 2 }), at + 156);
  }

  /** "." with these system use entries, "..", then the records. */
  directory(sector: number, selfUse: readonly Uint8Array[], ...records: Uint8Array[]): void {
    const self = record({ identifier: '\0', sector, size: 2048, flags: 2, use: selfUse });
    const parent = record({ identifier: '\x01', sector: 18, size: 2048, flags: 2 });
    this.put(sector, Buffer.concat([self, parent, ...records]));
  }

  /** More records for the root. */
  root(...records: Uint8Array[]): this {
    this.directory(18, [sp, px(0o040755)], ...records);
    return this;
  }

  put(sector: number, bytes: Uint8Array): this {
    this.bytes.set(bytes, sector * 2048);
    return this;
  }
}

export interface CraftedRecord {
  readonly identifier: string;
  readonly sector?: number;
  readonly size?: number;
  readonly flags?: number;
  readonly use?: readonly Uint8Array[];
}

/** ECMA-119 §9.1. */
export function record({ identifier, sector = 0, size = 0, flags = 0, use = [] }: CraftedRecord): Buffer {
  const name = Buffer.from(identifier, 'latin1');
  const padding = name.length % 2 === 0 ? 1 : 0;
  const fixed = Buffer.alloc(33);
  fixed.writeUInt32LE(sector, 2);
  fixed.writeUInt32LE(size, 10);
  fixed.set([124, 1, 1, 0, 0, 0, 0, flags], 18);
  fixed[32] = name.length;
  const whole = Buffer.concat([fixed, name, Buffer.alloc(padding), ...use]);
  whole[0] = whole.length;
  return whole;
}

/** SUSP §4.1: an entry with this payload. */
export function entry(signature: string, payload: Uint8Array | readonly number[]): Buffer {
  return Buffer.concat([Buffer.from(signature), Buffer.from([4 + payload.length, 1]), Buffer.from(payload)]);
}

export const sp = entry('SP', [0xbe, 0xef, 0]);
export const nm = (name: string, flags = 0) => entry('NM', Buffer.concat([Buffer.from([flags]), Buffer.from(name)]));
export const px = (mode: number) => entry('PX', numbers(mode, 1, 0, 0));
export const cl = (sector: number) => entry('CL', numbers(sector));
export const ce = (sector: number, offset: number, length: number) => entry('CE', numbers(sector, offset, length));

/** RRIP §4.1.3: one entry; each component as flags and text. */
export function sl(flags: number, ...components: readonly (readonly [flags: number, text: string])[]): Buffer {
  const parts = components.map(([flag, text]) => Buffer.from([flag, text.length, ...Buffer.from(text)]));
  return entry('SL', Buffer.concat([Buffer.from([flags]), ...parts]));
}

/** ECMA-119 §7.3.3: both halves. */
function numbers(...values: number[]): Buffer {
  const bytes = Buffer.alloc(8 * values.length);
  values.forEach((value, index) => {
    bytes.writeUInt32LE(value, 8 * index);
    bytes.writeUInt32BE(value, 8 * index + 4);
  });
  return bytes;
}
