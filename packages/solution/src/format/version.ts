import { show } from './problem.ts';
import type { Problem } from './problem.ts';

/** Three or more numbers, so that no YAML reader takes it for a number; then small letters, digits, dots and dashes. */
const syntax = /^\d+(\.\d+){2,}(-[0-9a-z-]+(\.[0-9a-z-]+)*)?$/;
const longestVolumeName = 63;

/**
 * INGOT_SOLUTION_VERSION: `spec.version` is a YAML string and a Kubernetes label, and part of the name of a pod's volume
 * (repositories-manifest.yaml.j2: `registry-<name>-<version>` with dots as dashes, itself an RFC 1123 label).
 * `name` is the Solution's name, where it is known.
 */
export function solutionVersionProblems(version: string, name?: string): Problem[] {
  const code = 'INGOT_SOLUTION_VERSION';
  if (!syntax.test(version) || version.endsWith('-')) {
    return [
      { code, message: `MetalK8s cannot take the version ${show(version)}: ${fault(version)}`, help: remedy(version) },
    ];
  }
  const volume = volumeName(name ?? '', version);
  if (volume.length <= longestVolumeName) return [];
  return [
    {
      code,
      message: `the version ${show(version)} is too long: MetalK8s names a volume ${volume}, of ${volume.length} characters`,
      help: `Kubernetes allows ${longestVolumeName}: name and version together may have ${longestVolumeName - 'registry--'.length}.`,
    },
  ];
}

/** The name of the volume through which MetalK8s' registry sees the images of a Solution. */
export function volumeName(name: string, version: string): string {
  return `registry-${name}-${version}`.replaceAll('.', '-');
}

function fault(version: string): string {
  if (/^\d+(\.\d*)?$/.test(version)) return 'YAML reads it as a number, quoted or not, once a template has printed it';
  if (version.includes('+')) return '+ is not allowed in the name of a volume or the value of a label';
  if (version.includes('_')) return '_ is not allowed in the name of a volume';
  if (/[A-Z]/.test(version)) return 'capitals are not allowed in the name of a volume';
  return 'it is not of the form X.Y.Z or X.Y.Z-suffix';
}

function remedy(version: string): string {
  const [number] = /^\d+(\.\d+)?/.exec(version) ?? [];
  if (number === version) return `Write all three numbers: ${number.includes('.') ? number : `${number}.0`}.0.`;
  const repaired = version.toLowerCase().replace(/^v/, '').replace(/\+/, '-').replaceAll(/[+_]/g, '.');
  const example = syntax.test(repaired) && !repaired.endsWith('-') ? repaired : '1.2.3 or 1.2.3-rc.1';
  return `Use X.Y.Z, if need be with a suffix of small letters, digits, dots and dashes: ${example}.`;
}
