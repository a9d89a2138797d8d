import { show } from './problem.ts';
import type { Problem } from './problem.ts';

/** What skopeo's dir: transport writes into the file `version` beside manifest.json (containers/image directory_dest.go). */
export const directoryVersion = 'Directory Transport Version: 1.1\n';

export const manifestPath = 'manifest.yaml';
export const registryConfigPath = 'registry-config.inc.j2';
export const imagesFolder = 'images';
export const deployFolder = 'operator/deploy';
export const crdsFolder = 'operator/deploy/crds';
export const rolePath = 'operator/deploy/role.yaml';

/** The folder of one tag of an image, as skopeo's dir: transport lays it out. */
export function imageFolder(image: { readonly name: string; readonly tag: string }): string {
  return `${imagesFolder}/${image.name}/${image.tag}`;
}

/**
 * Where one of an image's files lies in the archive: `manifest.json`, `version`, or a blob by its digest
 * (`sha256:` and 64 hex digits; the name is the digits alone).
 */
export function imageFile(image: { readonly name: string; readonly tag: string }, file: string): string {
  return `${imageFolder(image)}/${file.replace(/^sha256:/, '')}`;
}

const reserved = [imagesFolder, manifestPath, registryConfigPath, deployFolder];

/**
 * INGOT_PLACE_RESERVED: `path` (relative, with `/`) is or lies in a place that Ingot writes itself. Capitals make
 * no difference, since they make none among the ISO's primary names, where MetalK8s looks for MANIFEST.YAML;1.
 */
export function reservedPlaceProblems(path: string): Problem[] {
  const wanted = path.toLowerCase();
  const taken = reserved.find((place) => within(wanted, place));
  if (taken === undefined) return [];
  return [
    {
      code: 'INGOT_PLACE_RESERVED',
      message: `${show(path)} is a place of the archive that is written from the project file (${taken})`,
      help:
        taken === deployFolder
          ? 'Name the folder with the CRDs and role.yaml under operator: { deploy: … }.'
          : 'Put the files at another place of the archive.',
    },
  ];
}

function within(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
