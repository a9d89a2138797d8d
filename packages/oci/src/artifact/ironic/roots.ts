import { assembleArtifact, type Descriptor, type Store } from '@ingot/content';
import type { ArtifactRoot } from '@ingot/workspace';
import type { ArtifactDescription, ArtifactFile } from '../description.ts';
import { dated, layerOf, resultFile, type Made, type MadeRoots } from '../made.ts';
import { pushIndex } from '../push-index.ts';

/**
 * What Ironic chooses from (ironic/common/image_service.py, OciImageService): an index of the disks, and kernel and
 * ramdisk as manifests of their own, since those go by digest only.
 */
export async function ironicRoots(
  description: ArtifactDescription,
  made: ReadonlyMap<ArtifactFile, Made>,
  time: number | undefined,
  store: Store,
): Promise<MadeRoots> {
  const roots: ArtifactRoot[] = [];
  const files: MadeRoots['files'][number][] = [];
  const entries: Descriptor[] = [];
  for (const part of made.values()) {
    const { role, platform } = part.file;
    const manifest = await manifestOf(part, description, time, store);
    files.push(resultFile(part, manifest, platform));
    if (role === 'disk') entries.push(entryOf(part, manifest));
    if (role === 'kernel' || role === 'ramdisk') roots.push(rootOf(manifest, role, `-${role}`));
  }
  if (entries.length === 0) return { roots, files };
  const index = await pushIndex(entries, dated(description.annotations, time), store);
  return { roots: [rootOf(index, 'index', ''), ...roots], files };
}

/** Exactly one layer, an artifact type and the empty config: each alone keeps Ironic from taking it for bootc. */
function manifestOf(
  part: Made,
  { artifactType, annotations }: ArtifactDescription,
  time: number | undefined,
  store: Store,
): Promise<Descriptor> {
  return assembleArtifact(
    {
      artifactType,
      layers: [layerOf(part)],
      annotations: dated({ ...annotations, ...ownAnnotations(part.file) }, time),
    },
    store,
  );
}

/** Ironic looks for disktype and architecture on the entry of the index, and nowhere else. */
function entryOf({ file }: Made, manifest: Descriptor): Descriptor {
  return { ...manifest, platform: file.platform!, annotations: ownAnnotations(file) };
}

function ownAnnotations({ annotations, disktype }: ArtifactFile): Readonly<Record<string, string>> {
  return disktype === undefined ? annotations : { ...annotations, disktype };
}

function rootOf(
  { mediaType, digest, size }: Descriptor,
  role: ArtifactRoot['role'],
  suffix: ArtifactRoot['suffix'],
): ArtifactRoot {
  return { suffix, role, mediaType, digest, size };
}
