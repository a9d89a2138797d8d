import type { Ingester, Platform, Store } from '@ingot/content';
import { digestOf, formatPlatform } from '@ingot/content';
import type { IsoContent } from '@ingot/iso9660';
import { planIso } from '@ingot/iso9660';
import type { Place } from '@ingot/workspace';
import { throwErrors, withPlace } from '@ingot/workspace';

import { directoryVersion, imageFile, manifestPath, registryConfigPath } from '../format/layout.ts';
import type { ImageName } from '../format/manifest.ts';
import { manifestYaml } from '../format/manifest.ts';
import { registryConfig } from '../format/registry-config.ts';
import { inParallel } from '../in-parallel.ts';
import type { ConvertedImage, ImageToPlan } from './images.ts';
import { convertImage } from './images.ts';
import { isoTree } from './iso-tree.ts';
import type { Plan, PlannedContent, PlannedFile, PlannedLink } from './plan.ts';
import type { TreeEntry } from './project-tree.ts';
import { fileDigest } from './project-tree.ts';

/** A Solution whose project file was read and whose images were found: what is left is to lay it out. */
export interface SolutionToPlan {
  readonly name: string;
  readonly version: string;
  readonly displayName?: string;
  readonly images: readonly ImageToPlan[];
  /** One of the images, as is `ui`. */
  readonly operator?: ImageName;
  readonly ui?: ImageName;
  readonly platform: Platform;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly customApiGroups: readonly string[];
  readonly volumeId: string;
  /** Of every file on the ISO, in seconds since 1970. */
  readonly time: number;
  /** Where solution.yaml names `tree`, for errors of no single entry. */
  readonly place: Place;
  /** The operator's manifests and the author's own files. */
  readonly tree: readonly TreeEntry[];
  /** Makes a path of this machine one that is relative to the workspace root, with `/`. */
  readonly inWorkspace: (file: string) => string;
}

/**
 * Plans the ISO: converts the images, generates manifest.yaml and registry-config.inc.j2, and lays everything out.
 * Layers that had to be recompressed are left in `store`. Throws what `convertImage` and `planIso` throw.
 */
export async function planSolution(solution: SolutionToPlan, store: Store & Ingester): Promise<Plan> {
  const outcomes = await inParallel(solution.images, (image) =>
    convertImage(image, solution.platform, store).catch((error: Error) => error),
  );
  throwErrors(outcomes.filter((outcome) => outcome instanceof Error));
  const images = outcomes.filter((outcome): outcome is ConvertedImage => !(outcome instanceof Error));

  const archive = new Archive();
  archive.text(manifestPath, manifestText(solution));
  archive.text(registryConfigPath, registryConfig(images.flatMap(({ planned }) => allTags(planned))));
  for (const image of images) addImage(archive, image);
  for (const entry of solution.tree) {
    if (entry.type === 'link') archive.links.push({ path: entry.path, target: entry.target });
    else {
      const content = { file: solution.inWorkspace(entry.file) };
      const digest = await withPlace(solution.place, () => fileDigest(entry.file));
      archive.add(entry.path, digest, entry.size, content, entry.executable);
    }
  }
  return withPlace(solution.place, () => lay(solution, images, archive));
}

function manifestText({ name, version, displayName, images, operator, ui, ...rest }: SolutionToPlan): string {
  return manifestYaml({
    name,
    version,
    displayName,
    images: images.flatMap((image) => allTags(image)),
    operator,
    ui,
    labels: rest.labels,
    annotations: rest.annotations,
    customApiGroups: rest.customApiGroups,
  });
}

/** An image once for each of its tags. */
function allTags<T extends { readonly tag: string; readonly aliases: readonly string[] }>(image: T): T[] {
  return [image.tag, ...image.aliases].map((tag) => ({ ...image, tag }));
}

function addImage(archive: Archive, { planned, files }: ConvertedImage): void {
  for (const image of allTags(planned)) {
    archive.text(imageFile(image, 'version'), directoryVersion);
    for (const file of files) archive.add(imageFile(image, file.name), file.digest, file.size, file.content);
  }
}

/** Collects what goes onto the ISO; equal contents are kept once. */
class Archive {
  readonly files: PlannedFile[] = [];
  readonly links: PlannedLink[] = [];
  readonly contents: Record<string, PlannedContent> = {};

  add(path: string, digest: string, size: number, content: PlannedContent, executable = false): void {
    this.files.push({ path, digest, size, ...(executable ? { executable: true as const } : {}) });
    this.contents[digest] ??= content;
  }

  text(path: string, text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.add(path, digestOf(bytes), bytes.length, { text });
  }
}

/** A plan needs sizes and digests, no bytes. */
const nothingYet: IsoContent = {
  fetch() {
    throw new Error('a plan has no content');
  },
};

function lay(solution: SolutionToPlan, images: readonly ConvertedImage[], archive: Archive): Plan {
  const byPath = (a: { path: string }, b: { path: string }) => (a.path < b.path ? -1 : 1);
  const tree = { files: archive.files.sort(byPath), links: archive.links.sort(byPath) };
  const { volumeId, time } = solution;
  const iso = planIso(
    isoTree(tree, () => nothingYet),
    { volumeId, time },
  );
  const sectors = new Map(iso.files.map((file) => [file.path, file.sector]));
  return {
    ingot: 'plan/v1',
    name: solution.name,
    version: solution.version,
    platform: formatPlatform(solution.platform),
    volumeId,
    time,
    images: images.map(({ planned }) => planned),
    files: tree.files.map((file) => withSector(file, sectors.get(file.path))),
    links: tree.links,
    contents: archive.contents,
    size: iso.size,
    head: digestOf(iso.head),
  };
}

function withSector(file: PlannedFile, sector: number | undefined): PlannedFile {
  return sector === undefined || file.size === 0 ? file : { ...file, sector };
}
