import type { ChannelEntry } from './blobs.ts';

/** How the bundles of a channel lead to each other. */
export interface ChannelGraph {
  /** Those that nothing replaces or skips; OLM wants one. */
  readonly heads: readonly string[];
  /** The names on a circle of `replaces`, the first one again at the end; empty where there is none. */
  readonly cycle: readonly string[];
  /** Those that nobody passes on the way to the head, and nobody skips. Judged where there is one head and no cycle. */
  readonly stranded: readonly string[];
}

/** alpha/model/model.go of operator-registry: Head, validateReplacesChain. */
export function graphOf(entries: readonly ChannelEntry[]): ChannelGraph {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const skipped = new Set(entries.flatMap(({ skips = [] }) => skips));
  const incoming = new Set([...skipped, ...entries.flatMap(({ replaces }) => replaces ?? [])]);
  const heads = [...byName.keys()].filter((name) => !incoming.has(name));
  const [head, second] = heads;
  if (head === undefined) return { heads, cycle: anyCycle(byName), stranded: [] };
  if (second !== undefined) return { heads, cycle: [], stranded: [] };
  const { chain, cycle } = follow(head, byName, skipped);
  if (cycle.length > 0) return { heads, cycle, stranded: [] };
  return { heads, cycle, stranded: [...byName.keys()].filter((name) => !chain.has(name) && !skipped.has(name)) };
}

type ByName = ReadonlyMap<string, ChannelEntry>;

/** From a bundle to those before it, up to one that is skipped: that one is reached without the chain. */
function follow(start: string, byName: ByName, skipped: ReadonlySet<string>) {
  const chain = new Set<string>();
  let current: string | undefined = start;
  while (current !== undefined && byName.has(current)) {
    if (chain.has(current)) return { chain, cycle: [...from(current, chain), current] };
    chain.add(current);
    const before: string | undefined = byName.get(current)?.replaces;
    current = before !== undefined && skipped.has(before) ? undefined : before;
  }
  return { chain, cycle: [] };
}

function from(name: string, chain: ReadonlySet<string>): string[] {
  const names = [...chain];
  return names.slice(names.indexOf(name));
}

function anyCycle(byName: ByName): readonly string[] {
  const seen = new Set<string>();
  for (const name of byName.keys()) {
    if (seen.has(name)) continue;
    const { chain, cycle } = follow(name, byName, new Set());
    if (cycle.length > 0) return cycle;
    for (const each of chain) seen.add(each);
  }
  return [];
}
