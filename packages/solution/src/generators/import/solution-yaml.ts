import { stringify } from 'yaml';
import { deployFolder } from '../../format/layout.ts';
import { volumeId, volumeIdProblems } from '../../format/volume-id.ts';
import type { SolutionFile, SolutionImage } from '../../project-file/solution-file.ts';
import { filesFolder } from './read-files.ts';
import type { CarriedFile } from './read-files.ts';
import type { FoundImage } from './read-images.ts';
import type { FoundManifest } from './read-manifest.ts';
import type { Report } from './report.ts';

/** All that an import found. */
export interface Found {
  readonly manifest: FoundManifest;
  readonly images: readonly FoundImage[];
  readonly files: readonly CarriedFile[];
  /** Of an ISO. */
  readonly volumeId: string | undefined;
}

const usualPlatform = 'linux/amd64';

/** Where an image's files come to lie in the project. */
export function vendorFolder({ name, tags: [tag] }: FoundImage): string {
  return `vendor/images/${name}/${tag}`;
}

/** The project file that stands for what was found. What it cannot say goes into the report. */
export function solutionFile({ manifest, images, files, ...found }: Found, report: Report): SolutionFile {
  const { name, version, displayName, labels, annotations, developmentRelease, customApiGroups } = manifest;
  const operator = imageOf(manifest.operator, 'operator', images, report);
  const ui = manifest.ui === undefined ? undefined : imageOf(manifest.ui, 'UI', images, report);
  const hasDeploy = files.some(({ to }) => to.startsWith(`${deployFolder}/`));
  if (operator === undefined && hasDeploy)
    report.add(`solution.yaml does not name ${deployFolder}, for want of an operator`);
  const platform = platformOf(images, report);
  const id = volumeIdOf(found.volumeId, name, version, report);
  return {
    ingot: 'solution/v1',
    name,
    version,
    ...(displayName === undefined ? {} : { displayName }),
    images: images.map(imageEntry),
    ...(operator === undefined
      ? {}
      : { operator: { image: operator, ...(hasDeploy ? { deploy: deployFolder } : {}) } }),
    ...(ui === undefined ? {} : { ui: { image: ui } }),
    ...(platform === usualPlatform ? {} : { platform }),
    ...(files.some(({ to }) => to.startsWith(`${filesFolder}/`)) ? { files: [{ from: filesFolder, to: '.' }] } : {}),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    ...(customApiGroups.length === 0 ? {} : { customApiGroups }),
    ...(developmentRelease ? { developmentRelease } : {}),
    ...(id === undefined ? {} : { volumeId: id }),
  };
}

export function solutionYaml(file: SolutionFile): string {
  return stringify(file, { lineWidth: 0, flowCollectionPadding: true });
}

function imageEntry(image: FoundImage): SolutionImage {
  const [tag, ...aliases] = image.tags;
  return { from: `dir:${vendorFolder(image)}`, name: image.name, tag, ...(aliases.length === 0 ? {} : { aliases }) };
}

/** How solution.yaml calls an image: by its name, or with its tag where there are several of that name. */
function imageOf(wanted: string, what: string, images: readonly FoundImage[], report: Report): string | undefined {
  const [name = '', tag] = wanted.split(':');
  const named = images.filter((image) => image.name === name);
  const tagged = named.find(({ tags }) => tag === undefined || tags.includes(tag));
  const [first] = named;
  if (first === undefined) {
    report.add(`the image of the ${what}, ${wanted}, is not there`);
    return undefined;
  }
  if (tagged === undefined)
    report.add(`the image of the ${what}, ${wanted}, is not there: it is ${name}:${first.tags[0]} now`);
  const { tags } = tagged ?? first;
  const wantedTag = tagged === undefined ? undefined : tag;
  // Where the project file says the image alone, its first tag follows.
  return named.length === 1 && (wantedTag ?? tags[0]) === tags[0] ? name : `${name}:${wantedTag ?? tags[0]}`;
}

function platformOf(images: readonly FoundImage[], report: Report): string {
  const platforms = [...new Set(images.flatMap(({ platform }) => platform ?? []))].sort();
  const [first = usualPlatform, ...others] = platforms;
  if (others.length > 0)
    report.add(`the images are for several platforms, ${platforms.join(' and ')}: a Solution is for one`);
  return first;
}

/** The author's own volume ID; that of a tool which was given none is nobody's. */
function volumeIdOf(id: string | undefined, name: string, version: string, report: Report): string | undefined {
  const usual = volumeId(name, version);
  if (id !== undefined && id !== usual && !['', 'CDROM', 'ISOIMAGE'].includes(id) && volumeIdProblems(id).length === 0)
    return id;
  if (volumeIdProblems(usual).length === 0) return undefined;
  const short = volumeId(name.slice(0, Math.max(1, 31 - version.length)), version)
    .slice(0, 32)
    .trim();
  report.add(`"${usual}" is too long for a volume ID: it is "${short}" now`);
  return short;
}
