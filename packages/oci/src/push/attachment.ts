import { assembleArtifact, FileBlobs, firstOf, MemoryStore, type Descriptor, type Fetcher } from '@ingot/content';
import { withPlace } from '@ingot/workspace';
import type { ExecutorContext } from '@nx/devkit';
import { findFile } from '../artifact/find.ts';
import { checkMaker, folderOf } from '../image/maker.ts';
import type { AttachDescription } from './description.ts';

/** An artifact that becomes a referrer of `subject`. */
export interface Attachment {
  readonly subject: Descriptor;
  /** Its manifest. */
  readonly artifact: Descriptor;
  /** Where the manifest and the files are. */
  readonly fetcher: Fetcher;
}

/**
 * Makes the artifacts that `attach` lists, each belonging to `subject`: the files stay where they are. Throws
 * ProjectErrors at the files' places.
 */
export async function makeAttachments(
  attach: readonly AttachDescription[],
  subject: Descriptor,
  context: ExecutorContext,
): Promise<Attachment[]> {
  const attachments: Attachment[] = [];
  for (const { artifactType, annotations, files } of attach) {
    const [blobs, memory] = [new FileBlobs(), new MemoryStore()];
    const layers: Descriptor[] = [];
    for (const file of files) {
      checkMaker(file, context);
      const { path, name } = await findFile(file, folderOf(file, context));
      layers.push(await withPlace(file.place, () => blobs.add(path, file.mediaType, file.title ?? name)));
    }
    const artifact = await assembleArtifact({ artifactType, layers, annotations, subject }, memory);
    attachments.push({ subject, artifact, fetcher: firstOf([memory, blobs]) });
  }
  return attachments;
}
