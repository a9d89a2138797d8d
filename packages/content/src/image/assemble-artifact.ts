import { ContentError } from '../error.ts';
import { oci } from '../media-type.ts';
import { smallBlob } from '../read.ts';
import { encodeJson } from '../manifest.ts';
import { annotated, pushJson } from './push-json.ts';
import type { Descriptor } from '../descriptor.ts';
import type { Store } from '../store.ts';

/** The annotation that gives a layer its file name. OCI image-spec annotations.md. */
export const title = 'org.opencontainers.image.title';

/** The config of what has none: the two bytes `{}`. OCI image-spec manifest.md § Guidance for an Empty Descriptor. */
export const emptyConfig: Descriptor = {
  mediaType: oci.empty,
  digest: 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
  size: 2,
  data: 'e30=',
};

export interface ArtifactParts {
  readonly artifactType: string;
  /** The files, each with its title: they are in the store, or will be. */
  readonly layers: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
  /** What the artifact belongs to. */
  readonly subject?: Descriptor;
}

/**
 * Writes an artifact's manifest and empty config, as OCI image-spec manifest.md § Guidelines for Artifact Usage has it.
 * The descriptor carries `artifactType`. Throws ContentError INGOT_ARTIFACT_SIZE, and what `store` throws.
 */
export async function assembleArtifact(parts: ArtifactParts, store: Store): Promise<Descriptor> {
  const { artifactType, layers, annotations, subject } = parts;
  const manifest = {
    schemaVersion: 2,
    mediaType: oci.manifest,
    artifactType,
    config: emptyConfig,
    // The specification wants one layer at least; the empty one says nothing.
    layers: layers.length === 0 ? [emptyConfig] : layers,
    ...(subject === undefined ? {} : { subject: plain(subject) }),
    ...annotated(annotations),
  };
  checkManifestSize(encodeJson(manifest).length);
  await pushJson(oci.empty, {}, store);
  return { ...(await pushJson(oci.manifest, manifest, store)), artifactType };
}

/** A registry refuses manifests over 4 MiB (distribution-spec § Pushing Manifests). Throws INGOT_ARTIFACT_SIZE. */
export function checkManifestSize(bytes: number): void {
  if (bytes <= smallBlob) return;
  throw new ContentError('INGOT_ARTIFACT_SIZE', `the manifest would have ${bytes} bytes, more than ${smallBlob}`, {
    help: 'Registries refuse it: put fewer files into one artifact, or pack them into an archive; shorten annotations.',
  });
}

/** A subject names a manifest, and nothing else. */
function plain({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size };
}
