import { join } from 'node:path';
import { assembleArtifact, FileBlobs, firstOf, MemoryStore, type Descriptor } from '@ingot/content';
import type { Attachment } from '@ingot/oci';
import type { RootfsArchitecture, RootfsResult } from '../rootfs/result.ts';

/** What a build tells of itself, by the endings of Garden Linux's files; each is attached as `build/<ending>`. */
export const buildFiles = ['os-release', 'manifest', 'log'] as const;

export type BuildFile = (typeof buildFiles)[number];

/** The files that there are of an architecture, by their absolute paths. */
export function buildFilesOf(rootfs: RootfsArchitecture, folder: string): ReadonlyMap<BuildFile, string> {
  const all = { 'os-release': rootfs.osRelease, manifest: rootfs.manifest, log: rootfs.log };
  return new Map(
    buildFiles.flatMap((name) => {
      const file = all[name];
      return file === undefined ? [] : [[name, join(folder, file.path)] as const];
    }),
  );
}

/** What is pushed, and which architecture's: of several roots the one that ends in `-<arch>`, else the first. */
export interface Subject {
  readonly descriptor: Descriptor;
  readonly suffix: string;
}

/**
 * os-release, manifest and log of each architecture as artifacts that belong to its image, as `oras attach` makes them
 * with Garden Linux's types (features/_oci/README.md): `build/os-release`, `build/manifest`, `build/log`.
 */
export async function attachmentsOf(
  subjects: readonly Subject[],
  rootfs: RootfsResult,
  folder: string,
  version: string,
): Promise<Attachment[]> {
  const attachments: Attachment[] = [];
  for (const each of rootfs.architectures) {
    const { architecture } = each;
    const own = subjects.find(({ suffix }) => suffix === `-${architecture}`) ?? subjects[0];
    if (own === undefined) continue;
    const { mediaType, digest, size } = own.descriptor;
    const subject = { mediaType, digest, size };
    for (const [name, path] of buildFilesOf(each, folder)) {
      const [blobs, memory] = [new FileBlobs(), new MemoryStore()];
      const layer = await blobs.add(path, 'text/plain', `${rootfs.name}-${architecture}-${version}.${name}`);
      const artifact = await assembleArtifact({ artifactType: `build/${name}`, layers: [layer], subject }, memory);
      attachments.push({ subject, artifact, fetcher: firstOf([memory, blobs]) });
    }
  }
  return attachments;
}
