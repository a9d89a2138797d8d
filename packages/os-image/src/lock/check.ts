import { ProjectError } from '@ingot/workspace';
import type { Architecture, MmdebstrapDescription, OsImageDescription } from '../description/description.ts';
import { isInstalled, type DpkgPackage } from '../rootfs/extract/dpkg-status.ts';
import { sourcesOf } from '../rootfs/mmdebstrap/sources.ts';
import { withAptRoot } from './apt-root.ts';
import { changedPackages } from './changes.ts';
import type { LockRequest, LockedPackage, PackagesLock } from './packages-lock.ts';
import { availableVersions } from './resolve.ts';

/** What a description asks of its sources. */
export function requestOf(description: MmdebstrapDescription): LockRequest {
  const { suite, variant, packages } = description;
  return { suite, variant, sources: sourcesOf(description), wanted: packages.toSorted() };
}

const update = (name: string) => `run \`nx run ${name}:lock\`: it looks the packages up, and shows what changed`;

/**
 * Refuses a lock that was written for something else, before anything is built. Throws ProjectError
 * INGOT_LOCK_PACKAGE_MISSING (os-image.yaml wants packages that are not locked), INGOT_LOCK_OUTDATED.
 */
export function checkRequest(description: OsImageDescription, lock: PackagesLock): void {
  const { builder, name, place, architectures } = description;
  const unlocked = architectures.find((architecture) => lock.packages[architecture] === undefined);
  if (unlocked !== undefined) {
    throw new ProjectError('INGOT_LOCK_OUTDATED', `packages.lock has no packages of ${unlocked}`, {
      place: place(['architectures']),
      help: update(name),
    });
  }
  if (builder.kind !== 'mmdebstrap') return;
  const asked = requestOf(builder);
  const { request } = lock;
  if (request === undefined) throw outdated('was written for another builder', description, ['mmdebstrap']);
  const missing = asked.wanted.filter((each) => !request.wanted.includes(each));
  if (missing.length > 0) {
    throw new ProjectError('INGOT_LOCK_PACKAGE_MISSING', `not in packages.lock: ${missing.join(', ')}`, {
      place: place(['mmdebstrap', 'packages', builder.packages.indexOf(missing[0]!)]),
      help: update(name),
    });
  }
  const gone = request.wanted.filter((each) => !asked.wanted.includes(each));
  if (gone.length > 0) {
    throw outdated(`has packages that nobody wants any more: ${gone.join(', ')}`, description, [
      'mmdebstrap',
      'packages',
    ]);
  }
  for (const key of ['suite', 'variant'] as const) {
    if (asked[key] !== request[key])
      throw outdated(`is of the ${key} ${request[key]}`, description, ['mmdebstrap', key]);
  }
  if (JSON.stringify(asked.sources) !== JSON.stringify(request.sources)) {
    throw outdated('is of other sources', description, ['mmdebstrap', 'sources']);
  }
}

function outdated(what: string, { name, place }: OsImageDescription, path: readonly string[]): ProjectError {
  return new ProjectError('INGOT_LOCK_OUTDATED', `packages.lock ${what}`, { place: place(path), help: update(name) });
}

/** Throws ProjectError INGOT_LOCK_DIFFERENT where what is installed is not what is locked. */
export function checkInstalled(
  { name, builder }: OsImageDescription,
  lock: PackagesLock,
  architecture: Architecture,
  packages: readonly DpkgPackage[] | undefined,
): void {
  // What is only unpacked is not known to dpkg.
  if (builder.kind === 'mmdebstrap' && builder.variant === 'extract') return;
  const changes = changedPackages(lock.packages[architecture] ?? [], installedOf(packages ?? []));
  const [first] = changes;
  if (first === undefined) return;
  const lines = changes
    .slice(0, 20)
    .map(({ name: each, from, to }) => `  ${each}: ${from ?? 'not locked'}, installed is ${to ?? 'none'}`);
  const more = changes.length > 20 ? [`  and ${changes.length - 20} more`] : [];
  const why =
    builder.kind === 'mmdebstrap'
      ? 'a hook has changed it: name packages under `packages`, where the lock can pin them'
      : 'versions cannot be forced on this builder: pin them in it (a snapshot of the archive, name=version), or';
  throw new ProjectError(
    'INGOT_LOCK_DIFFERENT',
    `what is installed is not what packages.lock has (${changes.length} packages)`,
    {
      place: lock.place(architecture, first.name),
      help: [...lines, ...more, why, update(name)].join('\n'),
    },
  );
}

/** What is installed, as a lock has it. */
export function installedOf(packages: readonly DpkgPackage[]): LockedPackage[] {
  return packages.filter(isInstalled).map(({ name, version, architecture }) => ({ name, version, architecture }));
}

/**
 * The error for a build that failed with a lock: INGOT_LOCK_PACKAGE_GONE, where that is why, naming each package that the
 * sources no longer have like that; else undefined.
 */
export async function goneError(
  description: OsImageDescription,
  lock: PackagesLock,
  architecture: Architecture,
  signal: AbortSignal,
): Promise<ProjectError | undefined> {
  const { builder, name } = description;
  if (builder.kind !== 'mmdebstrap') return undefined;
  const locked = lock.packages[architecture] ?? [];
  const names = locked.map((each) => each.name);
  const available = await withAptRoot(description, builder, architecture, { signal }, (root) =>
    availableVersions(root, names),
  );
  const gone = locked.filter((each) => available.get(each.name)?.includes(each.version) !== true);
  const [first] = gone;
  if (first === undefined) return undefined;
  const lines = gone
    .slice(0, 20)
    .map((each) => `  ${each.name} ${each.version}: there is ${available.get(each.name)?.join(', ') ?? 'none'}`);
  const more = gone.length > 20 ? [`  and ${gone.length - 20} more`] : [];
  const what = gone.length === 1 ? `${first.name} ${first.version}` : `${gone.length} locked packages`;
  return new ProjectError('INGOT_LOCK_PACKAGE_GONE', `the sources no longer have ${what}`, {
    place: lock.place(architecture, first.name),
    help: [...lines, ...more, update(name), 'a snapshot address among the sources keeps old versions'].join('\n'),
  });
}
