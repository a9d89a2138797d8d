import type { ChannelEntry } from './blobs.ts';
import type { EdgeMode } from './package-description.ts';
import { compareBundleVersions, type Version } from './version.ts';

/** A bundle of a channel, and what its author says of its upgrades. */
export interface GivenEntry extends ChannelEntry {
  /** Undefined where the bundle is not there, or its version is none. */
  readonly version: Version | undefined;
  readonly release?: string | undefined;
}

/** An entry, and which of the given ones it comes from. */
export interface MadeEntry {
  readonly entry: ChannelEntry;
  readonly index: number;
}

/**
 * The upgrades of a channel.
 * - `given`: what the entries say, in their order.
 * - `replaces`: each replaces the one before it, by precedence, pre-releases among them, and by release. What others
 *   skip is passed over, since OLM ends the way there (validateReplacesChain in alpha/model of operator-registry).
 * - `skipRange`: as well, each may be reached from all older ones at once.
 * What an entry says itself comes first. Those without a version stay as they are, at the end.
 */
export function edgesOf(entries: readonly GivenEntry[], mode: EdgeMode): readonly MadeEntry[] {
  const given = entries.map((entry, index) => ({ entry, index }));
  if (mode === 'given') return given.map(({ entry, index }) => made(entry, index, {}));
  const sorted = given.filter(({ entry }) => entry.version).sort((a, b) => byVersion(a.entry, b.entry));
  const others = given.filter(({ entry }) => !entry.version);
  const skipped = new Set(entries.flatMap(({ skips = [] }) => skips));
  return [
    ...sorted.map(({ entry, index }, i) => {
      const older = sorted.slice(0, i).map((each) => each.entry);
      const replaces = older.findLast(({ name }) => name !== entry.name && !skipped.has(name))?.name;
      const skipRange = mode === 'skipRange' ? rangeBelow(entry, older) : undefined;
      return made(entry, index, { replaces, skipRange });
    }),
    ...others.map(({ entry, index }) => made(entry, index, {})),
  ];
}

interface Derived {
  readonly replaces?: string | undefined;
  readonly skipRange?: string | undefined;
}

/** In the order in which opm writes the keys. */
function made(entry: GivenEntry, index: number, derived: Derived): MadeEntry {
  const { name, skips } = entry;
  const replaces = entry.replaces ?? derived.replaces;
  const skipRange = entry.skipRange ?? derived.skipRange;
  return {
    index,
    entry: {
      name,
      ...(replaces === undefined ? {} : { replaces }),
      ...(skips === undefined || skips.length === 0 ? {} : { skips }),
      ...(skipRange === undefined ? {} : { skipRange }),
    },
  };
}

function byVersion(a: GivenEntry, b: GivenEntry): number {
  return compareBundleVersions(a.version!, b.version!, a.release, b.release) || (a.name < b.name ? -1 : 1);
}

/** From the oldest one of the channel; builds of one version are no range. */
function rangeBelow({ version }: GivenEntry, [oldest]: readonly GivenEntry[]): string | undefined {
  const [from, to] = [oldest?.version, version!].map((each) => each?.text.replace(/\+.*/, ''));
  return from === undefined || from === to ? undefined : `>=${from} <${to}`;
}
