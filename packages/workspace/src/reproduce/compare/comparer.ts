import type { FileSpan } from '@ingot/content';

/** One thing that two outputs do not have in common. */
export interface Difference {
  /** Where, from the outside to the inside: a path, an entry of the archive there, a field of the entry. */
  readonly at: readonly string[];
  /** What the first has there, in a few words. */
  readonly first: string;
  readonly second: string;
}

/** The same file of both builds, or of something within it. */
export interface Pair {
  /** What it is called, for what names say of a content. */
  readonly name: string;
  readonly first: FileSpan;
  readonly second: FileSpan;
}

/** What a comparer is given besides the pair. */
export interface Inside {
  /** The differences of a pair within the pair; its places are relative to it. */
  compare(pair: Pair): AsyncIterable<Difference>;
  /** The name of a new file for what must be unpacked; it goes away when the comparison is over. */
  scratch(): string;
  readonly signal: AbortSignal | undefined;
}

/** Knows a format well enough to name what differs in it. */
export interface Comparer {
  readonly format: string;
  /** Do both look like it? Is asked of pairs that differ only. */
  reads(pair: Pair): Promise<boolean>;
  /** Throws whatever it likes for what it cannot read: the bytes are compared then. */
  compare(pair: Pair, inside: Inside): AsyncIterable<Difference>;
}

/** The same differences, one level further in. */
export async function* within(place: string, differences: AsyncIterable<Difference>): AsyncGenerator<Difference> {
  for await (const { at, first, second } of differences) yield { at: [place, ...at], first, second };
}

/** A difference of a field, if it is one. */
export function* field(place: string, first: unknown, second: unknown): Generator<Difference> {
  const [one, other] = [shown(first), shown(second)];
  if (one !== other) yield { at: [place], first: one, second: other };
}

const longest = 200;

/** A value in a few words. */
export function shown(value: unknown): string {
  if (value === undefined) return '(none)';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
