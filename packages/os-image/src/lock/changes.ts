import type { Architecture } from '../description/description.ts';
import { keyOf, type LockedPackage } from './packages-lock.ts';
import { compareVersions } from './versions.ts';

export interface PackageChange {
  /** Of the image. */
  readonly architecture: Architecture;
  /** `name`, or `name:architecture` where there are several of the name. */
  readonly name: string;
  /** Undefined: it was not there. */
  readonly from: string | undefined;
  /** Undefined: it is there no more. */
  readonly to: string | undefined;
}

/** What an update of the lock has changed; each list sorted by architecture and name. */
export interface LockChanges {
  readonly added: readonly PackageChange[];
  readonly removed: readonly PackageChange[];
  readonly upgraded: readonly PackageChange[];
  readonly downgraded: readonly PackageChange[];
}

type Packages = Readonly<Partial<Record<Architecture, readonly LockedPackage[]>>>;

export function changesOf(before: Packages, after: Packages): LockChanges {
  const architectures = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort() as Architecture[];
  const all = architectures.flatMap((architecture) =>
    changedPackages(before[architecture] ?? [], after[architecture] ?? []).map((each) => ({ architecture, ...each })),
  );
  const newer = ({ from, to }: PackageChange) =>
    from === undefined || to === undefined ? 0 : compareVersions(to, from);
  return {
    added: all.filter(({ from }) => from === undefined),
    removed: all.filter(({ to }) => to === undefined),
    upgraded: all.filter((each) => newer(each) > 0),
    downgraded: all.filter((each) => newer(each) < 0),
  };
}

/** Packages whose versions differ, sorted by name; where a name is there for several architectures, `name:architecture`. */
export function changedPackages(
  before: readonly LockedPackage[],
  after: readonly LockedPackage[],
): Omit<PackageChange, 'architecture'>[] {
  const several = new Set([...repeated(before), ...repeated(after)]);
  const versions = (packages: readonly LockedPackage[]) =>
    new Map(packages.map((each) => [several.has(each.name) ? keyOf(each) : each.name, each.version]));
  const [old, now] = [versions(before), versions(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .sort()
    .map((name) => ({ name, from: old.get(name), to: now.get(name) }))
    .filter(({ from, to }) => from !== to);
}

function repeated(packages: readonly LockedPackage[]): string[] {
  const seen = new Set<string>();
  return packages.flatMap(({ name }) => (seen.size < seen.add(name).size ? [] : [name]));
}
