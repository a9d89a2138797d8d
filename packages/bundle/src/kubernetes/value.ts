import { isAlias, isCollection, isMap, isNode, isPair, isScalar, isSeq } from 'yaml';
import type { Alias, Document, Node, Scalar, YAMLMap } from 'yaml';
import { resolveScalar } from './scalar.ts';

/** Why a document makes no value. Thrown by `valueOf`. */
export class ValueProblem extends Error {
  readonly kind: 'aliases' | 'value';
  readonly offset: number | undefined;

  constructor(kind: 'aliases' | 'value', message: string, node: Node | undefined) {
    super(message);
    this.kind = kind;
    this.offset = node?.range?.[0];
  }
}

export interface DocumentValue {
  readonly value: unknown;
  /** Keys that their map has before: the later one counts. */
  readonly duplicates: readonly Scalar[];
  /** What each alias stands for. */
  readonly targets: Targets;
}

/** What aliases may still stand for. What is kept together counts together: all files of a bundle, of a catalog. */
export interface Expansion {
  /** Values. */
  left: number;
}

const mostAliased = 2_000_000;

/** go-yaml lets no document of a megabyte have so many. */
export function newExpansion(): Expansion {
  return { left: mostAliased };
}

export type Targets = ReadonlyMap<Alias, Node>;

interface Reading {
  readonly targets: Targets;
  readonly duplicates: Scalar[];
  /** What is being read by an alias, the outermost first. */
  readonly open: Map<Node, Alias>;
  /** What those in aliases are. */
  readonly scalars: Map<Scalar, unknown>;
  /** Values that were read, and how many of them in an alias. */
  count: number;
  aliased: number;
  readonly expansion: Expansion;
}

/**
 * What go-yaml v2 makes of a document (goyaml.v2/decode.go), as JSON has it: keys are texts, merge keys (`<<`) count
 * where they stand, a key that is there again counts last. The document was parsed with the schema `failsafe`.
 * Throws ValueProblem. `expansion` becomes less by what aliases stand for.
 */
export function valueOf(document: Document.Parsed, expansion: Expansion = newExpansion()): DocumentValue {
  const targets = targetsOf(document);
  const reading: Reading = {
    targets,
    duplicates: [],
    open: new Map(),
    scalars: new Map(),
    count: 0,
    aliased: 0,
    expansion,
  };
  return { value: read(document.contents, reading), duplicates: reading.duplicates, targets };
}

/** The text that a key is in JSON; undefined where it is no scalar, or null. */
export function keyText(key: unknown, targets: Targets): string | undefined {
  const node = isAlias(key) ? targets.get(key) : key;
  if (!isScalar(node)) return undefined;
  const resolved = resolveScalar(String(node.value), node.tag, node.type === 'PLAIN');
  // A number that JSON does not have is a text as a key.
  if ('problem' in resolved) return String(node.value);
  return resolved.value === null ? undefined : String(resolved.value);
}

/** `<<`, without quotes. */
export function isMerge(key: unknown): boolean {
  return isScalar(key) && key.value === '<<' && key.type === 'PLAIN';
}

function read(node: unknown, reading: Reading): unknown {
  if (!isNode(node)) return null;
  count(node, reading);
  if (isAlias(node)) return readAlias(node, reading);
  if (isMap(node)) return readMap(node, new Map(), reading);
  if (isSeq(node)) return node.items.map((item) => read(item, reading));
  return readScalar(node, reading);
}

function readScalar(scalar: Scalar, { open, scalars }: Reading): unknown {
  // Aliases read the same again and again.
  if (open.size > 0 && scalars.has(scalar)) return scalars.get(scalar);
  const resolved = resolveScalar(String(scalar.value), scalar.tag, scalar.type === 'PLAIN');
  if ('problem' in resolved) throw new ValueProblem('value', resolved.problem, scalar);
  if (open.size > 0) scalars.set(scalar, resolved.value);
  return resolved.value;
}

/** go-yaml's own bounds (goyaml.v2/decode.go, allowedAliasRatio): a few aliases may do what they like. */
function count(node: Node, reading: Reading): void {
  reading.count += 1;
  const spent = reading.open.size > 0 && --reading.expansion.left < 0;
  if (reading.open.size > 0) reading.aliased += 1;
  const { count: all, aliased } = reading;
  const allowed = 0.99 - 0.89 * Math.min(1, Math.max(0, (all - 400_000) / 3_600_000));
  if (aliased > 100 && all > 1000 && aliased / all > allowed) {
    throw tooMany('aliases make the document many times larger than it is', reading, node);
  }
  if (spent) {
    throw tooMany(`aliases of this document and those before it stand for ${mostAliased} values`, reading, node);
  }
}

function tooMany(message: string, { open }: Reading, node: Node): ValueProblem {
  const [outermost] = open.values();
  return new ValueProblem('aliases', message, outermost ?? node);
}

function readAlias(alias: Alias, reading: Reading): unknown {
  const target = reading.targets.get(alias);
  if (target === undefined) {
    throw new ValueProblem('aliases', `the alias *${alias.source} has no anchor before it`, alias);
  }
  if (reading.open.has(target)) {
    throw new ValueProblem('aliases', `what the anchor &${alias.source} names contains itself`, alias);
  }
  reading.open.set(target, alias);
  const value = read(target, reading);
  reading.open.delete(target);
  return value;
}

function readMap(map: YAMLMap, into: Map<string, unknown>, reading: Reading): unknown {
  const own = new Set<string>();
  for (const { key, value } of map.items) {
    if (isMerge(key)) {
      merge(value, into, reading);
      continue;
    }
    const text = keyText(key, reading.targets);
    if (text === undefined) throw new ValueProblem('value', 'a key that is no text', isNode(key) ? key : map);
    if (own.has(text) && isScalar(key)) reading.duplicates.push(key);
    own.add(text);
    into.set(text, read(value, reading));
  }
  return plainObject(into);
}

function merge(value: unknown, into: Map<string, unknown>, reading: Reading): void {
  const parts = isSeq(value) ? [...value.items].reverse() : [value];
  for (const part of parts) {
    const map = isAlias(part) ? (reading.targets.get(part) ?? part) : part;
    if (!isMap(map))
      throw new ValueProblem('value', '<< takes a map, or a list of maps', isNode(value) ? value : undefined);
    const merged = read(part, reading) as Record<string, unknown>;
    for (const [key, one] of Object.entries(merged)) into.set(key, one);
  }
}

/** Keys such as `__proto__` are keys like others. */
function plainObject(entries: ReadonlyMap<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(entries);
}

/** Each alias means the last node before it that has its anchor. Without recursion, and in one pass. */
function targetsOf(document: Document.Parsed): Targets {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  const pending: unknown[] = [document.contents];
  while (pending.length > 0) {
    const one = pending.pop();
    if (isPair(one)) pending.push(one.value, one.key);
    else if (isAlias(one)) {
      const target = anchors.get(one.source);
      if (target) targets.set(one, target);
    } else if (isNode(one)) {
      const { anchor } = one as Scalar;
      if (anchor) anchors.set(anchor, one);
      if (isCollection(one)) for (let i = one.items.length - 1; i >= 0; i -= 1) pending.push(one.items[i]);
    }
  }
  return targets;
}
