import { docker, isIndex, isManifest, oci } from '@ingot/content';

/** The header Accept for manifests of every kind that we know. */
export const acceptManifests = [oci.index, oci.manifest, docker.index, docker.manifest].join(', ');

/** What lies below `manifests/` in a registry, not `blobs/`. */
export function isManifestLike(mediaType: string): boolean {
  return isIndex(mediaType) || isManifest(mediaType);
}
