import type { IsoImage } from '@ingot/iso9660';
import { manifestPath } from '../../format/layout.ts';
import { volumeId } from '../../format/volume-id.ts';
import { place } from '../content.ts';
import type { Fault, Rule } from '../finding.ts';

const primaryManifest = 'MANIFEST.YAML;1';
const remake =
  'Make the ISO again, with nx run <project>:pack or the mkisofs options -R -J -joliet-long -l -iso-level 3.';

/** Without it nothing else of an ISO can be judged. */
export const completeRule: Rule = {
  id: 'iso-complete',
  holds: 'the ISO is as long as it says',
  level: 'error',
  reason: 'A truncated ISO is mounted without complaint, and fails when the missing part is read.',
  remedy: 'Copy or download it again.',
  check: ({ image }) => missingEnd(image),
};

/** A fault where an ISO is shorter than its volume descriptor says (ECMA-119 § 8.4.8). */
export function missingEnd({ size, primary }: IsoImage): Fault[] {
  if (size >= primary.volumeSize) return [];
  return [{ message: `the ISO has ${size} bytes and says it has ${primary.volumeSize}` }];
}

/** What the ISO itself has to be, before anything in it counts. */
export const volumeRules: readonly Rule[] = [
  completeRule,
  {
    id: 'iso-rock-ridge',
    holds: 'Rock Ridge names, modes and owners are there',
    level: 'error',
    reason: 'MetalK8s mounts the ISO and looks for lower-case and long names, which only Rock Ridge brings with modes.',
    remedy: remake,
    check: ({ image }) => (image.views.includes('rock-ridge') ? [] : [{ message: 'the ISO has no Rock Ridge names' }]),
  },
  {
    id: 'iso-joliet',
    holds: 'Joliet names are there',
    level: 'error',
    reason: "MetalK8s' guidelines for Solution archives ask for Joliet directory records beside Rock Ridge.",
    remedy: remake,
    check: ({ image }) => (image.views.includes('joliet') ? [] : [{ message: 'the ISO has no Joliet names' }]),
  },
  {
    id: 'iso-level',
    holds: 'primary names keep to level 3 of ISO-9660',
    level: 'error',
    reason:
      'The guidelines allow level 3: directory identifiers of at most 31 bytes, file names and extensions of 30 together.',
    remedy: remake,
    *check({ primary }) {
      for (const entry of primary) {
        const excess = levelExcess(entry.identifier, entry.type === 'directory');
        if (excess !== undefined) yield { message: excess, path: entry.path };
      }
    },
  },
  {
    id: 'iso-volume-id',
    holds: 'the volume ID is name and version of the Solution',
    level: 'warning',
    reason: 'The guidelines ask for the volume ID "<name> <version>", by which people know the medium.',
    remedy: 'Leave volumeId out of the project file, unless the default is longer than 32 bytes.',
    check({ image, manifest }): Fault[] | undefined {
      if (manifest?.name === undefined || manifest.version === undefined) return undefined;
      const expected = volumeId(manifest.name, manifest.version);
      if (image.volumeId === expected) return [];
      return [{ message: `the volume ID is "${image.volumeId}", not "${expected}"` }];
    },
  },
  {
    id: 'manifest-primary',
    holds: `the primary tree has the manifest as ${primaryManifest}`,
    level: 'error',
    reason: `MetalK8s reads the manifest with isoinfo -x '/${primaryManifest}', before it mounts the ISO.`,
    remedy: remake,
    check({ primary, tree }): Fault[] {
      const named = primary.filter((entry) => entry.identifier === primaryManifest && !entry.path.includes('/'));
      const [found] = named;
      if (found?.type !== 'file') return [{ message: `the root of the primary tree has no file ${primaryManifest}` }];
      if (named.length > 1)
        return [{ message: `the root of the primary tree has ${primaryManifest} ${named.length} times` }];
      const mounted = tree.resolve(manifestPath);
      if (mounted === undefined || (place(mounted) === place(found) && mounted.size === found.size)) return [];
      return [{ message: `${primaryManifest} and the mounted ${manifestPath} are different files` }];
    },
  },
];

/** ECMA-119 § 7.5.1, § 7.6.3 and § 10.3; sizes in bytes. A separator or version counts for neither name nor extension. */
function levelExcess(identifier: string, isDirectory: boolean): string | undefined {
  if (isDirectory) {
    const length = Buffer.byteLength(identifier);
    return length <= 31 ? undefined : `the directory identifier ${identifier} has ${length} bytes`;
  }
  const name = identifier.replace(/;\d*$/, '');
  const length = Buffer.byteLength(name) - (name.includes('.') ? 1 : 0);
  return length <= 30 ? undefined : `the file identifier ${identifier} has ${length} bytes without separators`;
}
