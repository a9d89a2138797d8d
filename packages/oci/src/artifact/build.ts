import { rm } from 'node:fs/promises';
import { isIndex, LayoutStore, readSpan, refName, stagingFolder, type Descriptor } from '@ingot/content';
import { throwErrors, withPlace, type ArtifactResult, type ArtifactRoot } from '@ingot/workspace';
import { putLayout, putResult } from '../image/output.ts';
import type { FilesFolder } from '../image/maker.ts';
import type { ArtifactDescription, ArtifactFile } from './description.ts';
import { checkUnchanged, findFile, type FoundFile } from './find.ts';
import { checkForIronic } from './ironic/check.ts';
import { ironicRoots } from './ironic/roots.ts';
import { checkTitles, plainRoot } from './plain.ts';
import type { Made } from './made.ts';

export interface ArtifactBuildOptions {
  /** Where the layout goes. Absolute. */
  readonly layoutDir: string;
  readonly resultFile: string;
  /** Of `org.opencontainers.image.created`, in seconds since 1970; undefined: no such annotation. */
  readonly time: number | undefined;
  readonly folderOf: (file: ArtifactFile) => FilesFolder;
  /** How many bytes there are to read, then how many were. */
  readonly onTotal?: (bytes: number) => void;
  readonly onBytes?: (bytes: number) => void;
}

/**
 * Makes an artifact: a whole OCI layout with the files in it, and its result. All files are looked at before a byte is
 * written; each is read and hashed once. The same description and files give the same digests anywhere. What stood there
 * before is replaced at the end, or stays as it was. Throws ProjectErrors with their places, and content's errors.
 */
export async function buildArtifact(
  description: ArtifactDescription,
  options: ArtifactBuildOptions,
): Promise<ArtifactResult> {
  const found = await findAll(description, options);
  checkTitles(description, found);
  options.onTotal?.([...new Set(found.values())].reduce((sum, { size }) => sum + size, 0));
  const staging = await stagingFolder(options.layoutDir);
  try {
    const store = new LayoutStore(staging);
    const made = await readAll(description, found, store, options);
    const roots = await withPlace({ file: description.file, line: 1, column: 1 }, () =>
      description.files[0]?.role === 'file'
        ? plainRoot(description, made, options.time, store)
        : ironicRoots(description, made, options.time, store),
    );
    await store.setRoots(
      roots.roots.map(({ suffix, mediaType, digest, size }) => ({
        mediaType,
        digest,
        size,
        ...(isIndex(mediaType) ? {} : { artifactType: description.artifactType }),
        annotations: { [refName]: `${description.version}${suffix}` },
      })),
    );
    const result = resultOf(description, roots);
    await putLayout(options.layoutDir, staging);
    await putResult(options.resultFile, `${JSON.stringify(result, undefined, 2)}\n`);
    return result;
  } finally {
    // Where it cannot be removed it could not be made: that error is the one to see.
    await rm(staging, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Every file, with all that is wrong with any of them said at once. */
async function findAll(
  { files }: ArtifactDescription,
  options: ArtifactBuildOptions,
): Promise<Map<ArtifactFile, FoundFile>> {
  const found = new Map<ArtifactFile, FoundFile>();
  const errors: Error[] = [];
  for (const file of files) {
    try {
      const here = await findFile(file, options.folderOf(file));
      await withPlace(file.place, () => checkForIronic(here.path, file));
      found.set(file, here);
    } catch (error) {
      errors.push(error as Error);
    }
  }
  throwErrors(errors);
  return found;
}

/** Copies the files into the layout; one that is there several times, once. */
async function readAll(
  { files }: ArtifactDescription,
  found: ReadonlyMap<ArtifactFile, FoundFile>,
  store: LayoutStore,
  { onBytes }: ArtifactBuildOptions,
): Promise<Map<ArtifactFile, Made>> {
  const blobs = new Map<string, Descriptor>();
  const made = new Map<ArtifactFile, Made>();
  for (const file of files) {
    const here = found.get(file)!;
    const content = counted(readSpan({ path: here.path, offset: 0, size: here.size }), onBytes);
    const blob = blobs.get(here.path) ?? (await withPlace(file.place, () => store.ingest(file.mediaType, content)));
    await checkUnchanged(file, here);
    blobs.set(here.path, blob);
    made.set(file, { file, title: file.title ?? here.name, digest: blob.digest, size: blob.size });
  }
  return made;
}

async function* counted(
  content: AsyncIterable<Uint8Array>,
  onBytes: ((bytes: number) => void) | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const part of content) {
    yield part;
    onBytes?.(part.length);
  }
}

function resultOf(
  { name, version, imagePullSecret }: ArtifactDescription,
  { roots, files }: { readonly roots: readonly ArtifactRoot[]; readonly files: ArtifactResult['files'] },
): ArtifactResult {
  return {
    ingot: 'artifact-result/v1',
    name,
    version,
    roots,
    files,
    ...(imagePullSecret === undefined ? {} : { imagePullSecret }),
  };
}
