import { assembleArtifact, formatPlatform, type Descriptor, type Platform, type Store } from '@ingot/content';
import { ProjectError, throwErrors } from '@ingot/workspace';
import { isTitle, type ArtifactDescription, type ArtifactFile } from './description.ts';
import type { FoundFile } from './find.ts';
import { pushIndex } from './push-index.ts';
import { dated, layerOf, resultFile, type Made, type MadeRoots } from './made.ts';

/** The files of one manifest. */
interface Group {
  readonly platform: Platform | undefined;
  readonly files: readonly ArtifactFile[];
}

/** `files` as one manifest, as `oras push` makes it; where platforms are named, as an index of one for each. */
export async function plainRoot(
  description: ArtifactDescription,
  made: ReadonlyMap<ArtifactFile, Made>,
  time: number | undefined,
  store: Store,
): Promise<MadeRoots> {
  const { artifactType, annotations: written } = description;
  const annotations = dated(written, time);
  const files: MadeRoots['files'][number][] = [];
  const manifests: Descriptor[] = [];
  for (const group of groupsOf(description)) {
    const parts = group.files.map((file) => made.get(file)!);
    const layers = parts.map((part) => layerOf(part, part.file.annotations));
    const manifest = await assembleArtifact({ artifactType, layers, annotations }, store);
    manifests.push(group.platform ? { ...manifest, platform: group.platform } : manifest);
    files.push(...parts.map((part) => resultFile(part, manifest, group.platform)));
  }
  const isIndex = manifests.some(({ platform }) => platform !== undefined);
  const root = isIndex ? await pushIndex(manifests, annotations, store) : manifests[0]!;
  const { mediaType, digest, size } = root;
  return { roots: [{ suffix: '', role: isIndex ? 'index' : 'artifact', mediaType, digest, size }], files };
}

/**
 * What nobody could pull: a file whose own name is no title, and two of one title in one manifest, of which who pulls
 * it would get one. Throws INGOT_ARTIFACT_TITLE.
 */
export function checkTitles(description: ArtifactDescription, found: ReadonlyMap<ArtifactFile, FoundFile>): void {
  const errors = new Map<ArtifactFile, ProjectError>();
  for (const [file, { name }] of found) {
    if (file.title === undefined && !isTitle(name)) errors.set(file, unusable(name, file));
  }
  const manifests = description.files[0]?.role === 'file' ? groupsOf(description) : [];
  for (const { files } of manifests) {
    const seen = new Set<string>();
    for (const file of files) {
      const title = file.title ?? found.get(file)!.name;
      if (seen.has(title)) errors.set(file, twice(title, file));
      seen.add(title);
    }
  }
  throwErrors([...errors.values()]);
}

function unusable(name: string, file: ArtifactFile): ProjectError {
  return new ProjectError('INGOT_ARTIFACT_TITLE', `the file's name ${JSON.stringify(name)} cannot be its title`, {
    place: file.place,
    help: 'not every system can write a file of that name: give it a `title`',
  });
}

function twice(title: string, file: ArtifactFile): ProjectError {
  return new ProjectError('INGOT_ARTIFACT_TITLE', `there is a file with the title "${title}" already`, {
    place: file.title === undefined ? file.place : file.titlePlace,
    help: 'who pulls the artifact would get one of them only: give this one another `title`',
  });
}

/** In the order in which platforms are first named; a file without one is in each. */
function groupsOf({ files }: ArtifactDescription): readonly Group[] {
  const platforms = new Map(files.flatMap(({ platform }) => (platform ? [[formatPlatform(platform), platform]] : [])));
  if (platforms.size === 0) return [{ platform: undefined, files }];
  return [...platforms].map(([name, platform]) => ({
    platform,
    files: files.filter((file) => file.platform === undefined || formatPlatform(file.platform) === name),
  }));
}
