import type { Random } from './random.ts';
import type { Span, Structure } from './structure.ts';

/** A sound image to start from. `bytes` is changed and restored, never copied. */
export interface Base {
  readonly name: string;
  readonly bytes: Buffer;
  readonly structure: Structure;
}

/** A mutated image, in place: `undo` gives the base back. */
export interface Mutant {
  /** Bytes of the image that count: a mutant may be cut short. */
  readonly size: number;
  undo(): void;
}

type Mutation = (base: Base, random: Random, write: Write) => void;
type Write = (at: number, bytes: Uint8Array) => void;

/** One to four mutations, most of them aimed at a field of a structure. */
export function mutate(base: Base, random: Random): Mutant {
  const changes: { at: number; old: Uint8Array }[] = [];
  const write: Write = (at, bytes) => {
    if (at < 0 || at + bytes.length > base.bytes.length) return;
    changes.push({ at, old: Buffer.from(base.bytes.subarray(at, at + bytes.length)) });
    base.bytes.set(bytes, at);
  };
  const count = 1 + random.below(4);
  for (let index = 0; index < count; index += 1) random.of(mutations)(base, random, write);
  const size = random.below(20) === 0 ? random.below(base.bytes.length) : base.bytes.length;
  return {
    size,
    undo: () => {
      for (const { at, old } of changes.toReversed()) base.bytes.set(old, at);
    },
  };
}

/** ECMA-119 §9.1, Figure 14: the fields of a directory record, position from 0 and size, both halves of a pair. */
const recordFields: readonly (readonly [at: number, size: number])[] = [
  [0, 1],
  [1, 1],
  [2, 4],
  [2, 4],
  [10, 4],
  [10, 4],
  [18, 7],
  [25, 1],
  [25, 1],
  [26, 1],
  [27, 1],
  [32, 1],
  [32, 1],
  [33, 1],
  [34, 4],
];

/** ECMA-119 §8.4: volume space size, block size, the root's record; the descriptor's own type and version. */
const descriptorFields: readonly (readonly [at: number, size: number])[] = [
  [0, 1],
  [6, 1],
  [80, 4],
  [88, 3],
  [128, 2],
  [158, 4],
  [166, 4],
  [181, 1],
  [188, 1],
];

const signatures = ['SP', 'CE', 'ER', 'ST', 'PX', 'NM', 'SL', 'TF', 'CL', 'PL', 'RE', 'PN', 'PD', 'AA', '\0\0'];

const mutations: readonly Mutation[] = [
  ...Array<Mutation>(5).fill(recordField),
  ...Array<Mutation>(5).fill(entryField),
  ...Array<Mutation>(2).fill(entrySignature),
  descriptorField,
  splice,
  anyByte,
  nearByte,
  swallow,
];

function recordField(base: Base, random: Random, write: Write): void {
  const { at } = random.of(base.structure.records);
  const [offset, size] = random.of(recordFields);
  write(at + offset, valueFor(base, random, size));
}

function descriptorField(base: Base, random: Random, write: Write): void {
  const [offset, size] = random.of(descriptorFields);
  write(random.of(base.structure.descriptors) + offset, valueFor(base, random, size));
}

/** SUSP §4.1: length, version, flags; and the both-byte-order numbers that CE, CL, PX carry. */
function entryField(base: Base, random: Random, write: Write): void {
  if (base.structure.entries.length === 0) return;
  const { at, length } = random.of(base.structure.entries);
  const choice = random.below(5);
  if (choice === 0) write(at + 2, valueFor(base, random, 1));
  else if (choice === 1) write(at + 4 + random.below(3), valueFor(base, random, 1));
  else if (choice === 2) write(at + 4 + 8 * random.below(3), valueFor(base, random, 4));
  else if (choice === 3) write(at + 4 + random.below(Math.max(1, length - 4)), valueFor(base, random, 1));
  else write(at + 5, Buffer.from(random.of(['/', '\0', '..', '.', '../x', '/etc/x', '\u{1f4a3}'])));
}

function entrySignature(base: Base, random: Random, write: Write): void {
  if (base.structure.entries.length === 0) return;
  write(random.of(base.structure.entries).at, Buffer.from(random.of(signatures), 'latin1'));
}

/** One structure over another: records that are whole, in the wrong place. */
function splice(base: Base, random: Random, write: Write): void {
  const spans = random.below(2) === 0 ? base.structure.records : base.structure.entries;
  if (spans.length === 0) return;
  const from = random.of(spans);
  write(random.of(spans).at, Buffer.from(base.bytes.subarray(from.at, from.at + from.length)));
}

function anyByte(base: Base, random: Random, write: Write): void {
  write(random.below(base.bytes.length), random.bytes(1 + random.below(8)));
}

function nearByte(base: Base, random: Random, write: Write): void {
  const { at, length } = random.of<Span>(base.structure.records);
  write(at + random.below(length), random.bytes(1 + random.below(4)));
}

/** A record that takes in what follows it, or a run of one value over several. */
function swallow(base: Base, random: Random, write: Write): void {
  const { at } = random.of<Span>(base.structure.records);
  if (random.below(2) === 0) write(at, Uint8Array.of(255));
  else write(at, new Uint8Array(1 + random.below(600)).fill(random.of([0, 1, 0x22, 0x2f, 0xff])));
}

/** Values that limits stumble over, places of other structures among them; little-endian, as they are read. */
function valueFor(base: Base, random: Random, size: number): Uint8Array {
  if (size > 4 || random.below(4) === 0) return random.bytes(size);
  const value = Buffer.alloc(4);
  value.writeUInt32LE(interesting(base, random));
  return value.subarray(0, size);
}

function interesting(base: Base, random: Random): number {
  const sectors = base.bytes.length / 2048;
  const record = random.of(base.structure.records).at;
  const entry = base.structure.entries.length === 0 ? 0 : random.of(base.structure.entries).at;
  return random.of([
    ...[0, 1, 2, 3, 4, 5, 7, 8, 16, 28, 33, 34, 47, 127, 128, 255, 256, 1024, 2047, 2048, 2049, 4096, 65535],
    ...[0x7fffffff, 0x80000000, 0xfffff800, 0xffffffff, sectors - 1, sectors, sectors + 1, base.bytes.length],
    ...[base.bytes.readUInt32LE(record + 2), base.bytes.readUInt32LE(record + 10), Math.floor(record / 2048)],
    ...[record % 2048, Math.floor(entry / 2048), entry % 2048],
  ]);
}
