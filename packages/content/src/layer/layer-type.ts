import { oci } from '../media-type.ts';
import type { Compression, docker } from '../media-type.ts';

/** The media type of a layer that is compressed like this, as OCI or Docker name it. */
export function layerType(compression: Compression, family: typeof oci | typeof docker = oci): string {
  return { gzip: family.layerGzip, zstd: family.layerZstd, none: family.layer }[compression];
}
