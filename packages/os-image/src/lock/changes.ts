import type { Architecture } from '../description/description.ts';
import type { LockedPackage } from './packages-lock.ts';
import { compareVersions } from './versions.ts';

export interface PackageChange {
  /** Of the image. */
  readonly architecture: Architecture;
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

/** Packages whose versions differ, sorted by name. */
export function changedPackages(
  before: readonly LockedPackage[],
  after: readonly LockedPackage[],
): Omit<PackageChange, 'architecture'>[] {
  const old = new Map(before.map(({ name, version }) => [name, version]));
  const now = new Map(after.map(({ name, version }) => [name, version]));
  return [...new Set([...old.keys(), ...now.keys()])]
    .sort()
    .map((name) => ({ name, from: old.get(name), to: now.get(name) }))
    .filter(({ from, to }) => from !== to);
}
