import { readFile, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, posix, relative, resolve, sep } from 'node:path';
import type { Descriptor, Fetcher, Located, Platform } from '@ingot/content';
import {
  claimOf,
  fetcherFor,
  imageTargetOf,
  isOurKind,
  openRegistryImage,
  ProjectError,
  projectImage,
  projectNode,
  withPlace,
  type Place,
} from '@ingot/workspace';
import { sourcePath } from '@ingot/workspace/inference';
import type { ExecutorContext } from '@nx/devkit';
import { imageFacts } from '../inference/image-facts.ts';
import type { ImageDescription } from './description.ts';

/** An image to build on, and what to call it in image.json. */
export interface OpenBase {
  /** A manifest, or an index of several platforms. */
  readonly root: Descriptor;
  readonly fetcher: Fetcher & Located;
  /** Where its blobs are found later; undefined where they must be copied, since the source may change. */
  readonly source: string | undefined;
}

/** The manifest of a base for one platform. */
export type OpenPlatform = OpenBase & { readonly manifest: Descriptor };

/**
 * Opens what `from` names; undefined for `scratch`. Throws, at its place, INGOT_IMAGE_CYCLE, INGOT_IMAGE_PATH, what
 * projectImage and openRegistryImage throw, and content's INGOT_SOURCE_*.
 */
export async function openBase(
  description: Pick<ImageDescription, 'from' | 'file'>,
  context: ExecutorContext,
): Promise<OpenBase | undefined> {
  const { from, file } = description;
  if (!from) return undefined;
  const { openSource, parseSource } = await import('@ingot/content');
  return withPlace(from.place, async () => {
    const source = parseSource(from.source);
    if (source.transport === 'project') return openProject(source.name, from.place, context);
    if (source.transport === 'docker') return openRegistryImage(context, source.reference);
    if ('path' in source) await checkPath(source.path, dirname(file), from.place);
    const opened = await openSource(source, { baseDir: dirname(file), resolveProject: unreachable });
    return { root: opened.root, fetcher: opened.fetcher, source: inheritedSource(from.source, file, context) };
  });
}

/** Throws INGOT_PLATFORM, at the place of `from`, where the base is not there for the platform. */
export async function selectBase(
  base: OpenBase,
  description: Pick<ImageDescription, 'from'>,
  platform: Platform,
): Promise<OpenPlatform> {
  const { selectPlatform } = await import('@ingot/content');
  const manifest = await withPlace(description.from!.place, () => selectPlatform(base.fetcher, base.root, platform));
  return { ...base, manifest };
}

async function openProject(name: string, place: Place, context: ExecutorContext): Promise<OpenBase> {
  projectNode(context, name, place);
  await checkCircle(name, place, context);
  const { result } = await projectImage(context, name, { place });
  const { mediaType, digest, size } = result;
  return {
    root: { mediaType, digest, size },
    fetcher: await fetcherFor(context, name, { place }),
    source: `project:${name}`,
  };
}

/** Follows what the base is built on by the projects' files, since in a circle none of them can be built. */
async function checkCircle(base: string, place: Place, context: ExecutorContext): Promise<void> {
  const trail = [context.projectName!];
  for (let name: string | undefined = base; name !== undefined; name = await baseOf(name, context)) {
    const start = trail.indexOf(name);
    trail.push(name);
    if (start < 0) continue;
    const circle = trail.slice(start).join(' → ');
    throw new ProjectError('INGOT_IMAGE_CYCLE', `images are built on each other: ${circle}`, {
      place,
      help: 'one of them must be built on something else',
    });
  }
}

/** What a project's image.yaml says of its base; nothing where it says nothing that can be understood. */
async function baseOf(name: string, context: ExecutorContext): Promise<string | undefined> {
  const project = context.projectGraph.nodes[name];
  const target = project && imageTargetOf(project);
  if (!project || target === undefined) return undefined;
  const options = project.data.targets?.[target]?.options as { file?: string } | undefined;
  const text = await readFile(join(context.root, project.data.root, options?.file ?? 'image.yaml'), 'utf8').catch(
    () => '',
  );
  if (!isOurKind(claimOf(text), 'image')) return undefined;
  const { plainYaml } = await import('@ingot/workspace/inference');
  return imageFacts(await plainYaml(text)).base;
}

/** The source as it is written, with its path relative to the workspace; undefined for one that is not a file. */
function inheritedSource(source: string, file: string, context: ExecutorContext): string | undefined {
  const path = sourcePath(source);
  if (path === undefined) return undefined;
  const folder = relative(context.root, dirname(file)).split(sep).join('/');
  const start = source.indexOf(':') + 1;
  return source.slice(0, start) + posix.join(folder, path) + source.slice(start + path.length);
}

/** Neither the path nor a link in it may leave the project: Nx would not see what is there change. */
async function checkPath(path: string, project: string, place: Place): Promise<void> {
  const outside = (way: string) => isAbsolute(way) || way.split(/[/\\]/).includes('..');
  const there = await realpath(resolve(project, path)).catch(() => undefined);
  if (!outside(path) && (there === undefined || !outside(relative(await realpath(project), there)))) return;
  throw new ProjectError('INGOT_IMAGE_PATH', `${JSON.stringify(path)} leaves the project`, {
    place,
    help: 'put it into the project, or make a project of it and name that: `from: project:…`',
  });
}

async function unreachable(name: string): Promise<never> {
  throw new ProjectError('INGOT_PROJECT_UNKNOWN', `no project "${name}"`);
}
