import type { LockedPackage } from './packages-lock.ts';

/**
 * apt_preferences(5) by which nothing but the locked versions can be installed, and nothing that is not locked: apt
 * decides as it did when the lock was written, and the packages that came for others are still marked so.
 */
export function pinsOf(packages: readonly LockedPackage[]): string {
  const pins = packages.map(({ name, version }) => `Package: ${name}\nPin: version ${version}\nPin-Priority: 1001\n`);
  return [...pins, 'Package: *\nPin: release *\nPin-Priority: -1\n'].join('\n');
}
