import { longestRecord } from '../record/directory-record.ts';
import { encodeCL, encodeNM, encodePL, encodePX, encodeRE, encodeSL, encodeTF } from '../record/rock-ridge.ts';
import { continuationLength, encodeCE, encodeER, encodeSP } from '../record/susp.ts';
import { sectorSize } from '../record/sector.ts';
import type { TreeNode } from './tree.ts';
import type { ViewDirectory, ViewEntry } from './view.ts';

/** The Rock Ridge entries of a directory's record of itself; the root's begin with SP and end with ER. */
export function entriesOfSelf(directory: ViewDirectory, attributes: Attributes): Uint8Array[] {
  const own = attributes.of(directory.node);
  return directory.level === 1 ? [encodeSP(), ...own, encodeER()] : own;
}

/** The Rock Ridge entries of a directory's record of its parent. */
export function entriesOfParent(directory: ViewDirectory, attributes: Attributes): Uint8Array[] {
  const { movedFrom } = directory;
  if (movedFrom === undefined) return attributes.of(directory.parent.node);
  return [...attributes.of(movedFrom.node), encodePL(movedFrom.sector)];
}

/** The Rock Ridge entries of the record of a child. */
export function entriesOfChild(entry: ViewEntry, attributes: Attributes): Uint8Array[] {
  const { node } = entry;
  const entries = attributes.of(node);
  if (entry.role === 'moved-away') entries.push(encodeCL(entry.directory?.sector ?? 0));
  if (entry.role === 'moved-here' || entry.role === 'holder') entries.push(encodeRE());
  entries.push(...encodeNM(Buffer.from(node.name, 'utf8')));
  if (node.type === 'symlink') entries.push(...encodeSL(node.target));
  return entries;
}

/** The entries PX and TF. There are few different ones, and each is made once. */
export class Attributes {
  readonly #times: Uint8Array;
  readonly #modes = new Map<string, Uint8Array>();
  readonly #links = new Map<TreeNode, number>();

  /** `date`: as encodeShortDate writes it. */
  constructor(date: Uint8Array) {
    this.#times = encodeTF(date);
  }

  of(node: TreeNode): Uint8Array[] {
    const links = this.#linksOf(node);
    const key = `${node.mode} ${links}`;
    let mode = this.#modes.get(key);
    if (mode === undefined) this.#modes.set(key, (mode = encodePX(node.mode, links)));
    return [mode, this.#times];
  }

  /**
   * As Unix counts: a directory has one link from its parent, one from itself, one from each directory in it. Counted
   * once, for each of these asks again in its record of its parent.
   */
  #linksOf(node: TreeNode): number {
    if (node.type !== 'directory') return 1;
    let links = this.#links.get(node);
    if (links === undefined) {
      links = 2 + node.children.filter((child) => child.type === 'directory').length;
      this.#links.set(node, links);
    }
    return links;
  }
}

/** SUSP §5.1: the sectors of entries that did not fit their records. No area crosses the end of a sector. */
export class ContinuationSectors {
  readonly #first: number;
  readonly #parts: { at: number; bytes: Uint8Array }[] = [];
  #end = 0;

  constructor(first: number) {
    this.#first = first;
  }

  /** Of all areas so far, in bytes. */
  get length(): number {
    return this.#end;
  }

  /**
   * The entries that go into the record itself: all of them, or as many as fit with a CE that leads to the others.
   * `room` is in bytes. One area holds the longest name and the longest target of a link that we take.
   */
  fit(entries: readonly Uint8Array[], room: number): Uint8Array[] {
    if (lengthOf(entries) <= room) return [...entries];
    const here = leading(entries, room - continuationLength);
    const bytes = Buffer.concat(entries.slice(here.length));
    const at = this.#allocate(bytes.length);
    this.#parts.push({ at, bytes });
    return [...here, encodeCE(this.#first + Math.floor(at / sectorSize), at % sectorSize, bytes.length)];
  }

  #allocate(length: number): number {
    const left = sectorSize - (this.#end % sectorSize);
    const at = length <= left ? this.#end : this.#end + left;
    this.#end = at + length;
    return at;
  }

  /** Writes all areas to `out`, whose first byte is the first of the first sector. */
  writeTo(out: Uint8Array): void {
    for (const { at, bytes } of this.#parts) out.set(bytes, at);
  }
}

/** The longest beginning of `entries` that `room` bytes hold. */
function leading(entries: readonly Uint8Array[], room: number): Uint8Array[] {
  let left = room;
  const end = entries.findIndex((entry) => (left -= entry.length) < 0);
  return entries.slice(0, end === -1 ? entries.length : end);
}

function lengthOf(entries: readonly Uint8Array[]): number {
  return entries.reduce((sum, entry) => sum + entry.length, 0);
}

/** The room for system use entries in a record whose other fields have `bare` bytes. */
export function systemUseRoom(bare: number): number {
  return longestRecord - bare;
}
