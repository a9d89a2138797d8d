import { readFile } from 'node:fs/promises';
import type { LayerEntry, LayerFile } from '@ingot/content';
import { collectFiles, type FilesDescription, type FilesFolder } from '@ingot/oci';
import { ProjectError, type Place } from '@ingot/workspace';
import type { BundleDescription } from '../description/bundle.ts';
import { largestFile } from '../tree/tree.ts';
import { annotationsFile } from './annotations.ts';
import { withoutIgnored } from './helm-ignored.ts';
import { platform } from './platform.ts';
import { nameImages, type ImageNames } from './name-images.ts';

export interface EntriesOptions {
  readonly folderOf: (entry: FilesDescription) => FilesFolder;
  /** Absolute paths that are never part of the bundle: its own output. */
  readonly without: ReadonlySet<string>;
  readonly images: ImageNames;
}

/** What a bundle's layer holds, and where it comes from. */
export interface BundleEntries {
  readonly entries: readonly LayerEntry[];
  /** By the path in the bundle, the absolute path of the file. */
  readonly sources: ReadonlyMap<string, string>;
  /** References to images of the workspace, in order, each once. */
  readonly images: readonly { readonly project: string; readonly reference: string }[];
}

/**
 * Collects the files: folders 0755, files 0644, of root, so that any user may read them. Images of projects are named by
 * repository and digest. Throws ProjectErrors at their places: what collectFiles and nameImages throw, INGOT_BUNDLE_PATH
 * where two files are to have one path, INGOT_BUNDLE_TEMPLATE.
 */
export async function bundleEntries(description: BundleDescription, options: EntriesOptions): Promise<BundleEntries> {
  const found = new Map<string, LayerEntry>();
  const sources = new Map<string, string>();
  const named = new Map<string, string>();
  for (const file of [...description.files, ...(description.registry?.metadata ?? [])]) {
    const { base, boundary, from } = options.folderOf(file);
    const collected = await collectFiles({ ...file, from }, { base, boundary, without: options.without, platform });
    for (const entry of collected) {
      const before = found.get(entry.path);
      if (before && !(before.type === 'directory' && entry.type === 'directory')) throw twice(entry.path, file);
      found.set(entry.path, await readable(entry, file.place, { sources, named, images: options.images }));
    }
  }
  if (description.format === 'helm') await withoutIgnored(found, description.place(['chart']));
  const { registry } = description;
  if (registry) put(found, 'metadata/annotations.yaml', annotationsFile(registry), description.place(['registry']));
  return {
    entries: [...found.values()],
    sources,
    images: [...named].map(([project, reference]) => ({ project, reference })),
  };
}

/** What is found out on the way. */
interface Findings {
  readonly sources: Map<string, string>;
  readonly named: Map<string, string>;
  readonly images: ImageNames;
}

/** The entry as the bundle has it. */
async function readable(entry: LayerEntry, place: Place, { sources, named, images }: Findings): Promise<LayerEntry> {
  if (entry.type === 'directory') return { ...entry, mode: 0o755, uid: 0, gid: 0 };
  if (entry.type === 'symlink') throw isLink(entry.path, place);
  if (entry.type !== 'file') return entry;
  const file: LayerFile = { ...entry, mode: 0o644, uid: 0, gid: 0 };
  if (entry.content instanceof Uint8Array || !('path' in entry.content)) return file;
  const { path } = entry.content;
  sources.set(entry.path, path);
  if (!mayNameImages(entry)) return file;
  const text = await readFile(path, 'utf8');
  refuseInTemplate(entry.path, text, path);
  const filled = isTemplate(entry.path) ? text : await nameImages(text, path, images, named);
  if (filled === text) return file;
  const content = Buffer.from(filled);
  return { ...file, content, size: content.length };
}

/** Manifests, whatever they are called, and a chart's YAML. */
function mayNameImages({ path, size }: LayerFile): boolean {
  return size <= largestFile && (path.startsWith('manifests/') || /\.(ya?ml|json|tpl)$/.test(path));
}

/** Templates are no YAML before Helm has filled them in. */
function isTemplate(path: string): boolean {
  return /(^|\/)templates\//.test(path) && !path.startsWith('manifests/');
}

function refuseInTemplate(path: string, text: string, file: string): void {
  if (!isTemplate(path)) return;
  const line = text.split('\n').findIndex((each) => /^\s*(?:-\s*)?image:\s*["']?project:/.test(each));
  if (line < 0) return;
  throw new ProjectError('INGOT_BUNDLE_TEMPLATE', 'a template cannot name the image of a project', {
    place: { file, line: line + 1, column: text.split('\n')[line]!.indexOf('image:') + 1 },
    help: 'write `image: {{ .Values.image }}` here, and `image: project:NAME` in values.yaml',
  });
}

function put(found: Map<string, LayerEntry>, path: string, text: string, place: Place): void {
  if (found.has(path)) throw twice(path, { place });
  const content = Buffer.from(text);
  found.set(path, { type: 'file', path, mode: 0o644, uid: 0, gid: 0, size: content.length, content });
}

/** rukpak keeps none of them (pkg/util/tar.go, FSToTarGZ): what they lead to would be missing in the cluster. */
function isLink(path: string, place: Place): ProjectError {
  return new ProjectError('INGOT_BUNDLE_LINK', `${path} is a link, and unpackers leave links out`, {
    place,
    help: 'put the file itself there, or leave the link out with `exclude`',
  });
}

function twice(path: string, { place }: Pick<FilesDescription, 'place'>): ProjectError {
  return new ProjectError('INGOT_BUNDLE_PATH', `/${path} is in this bundle already`, {
    place,
    help: 'a bundle has one folder of manifests: rename one of the files, or leave it out with `exclude`',
  });
}
