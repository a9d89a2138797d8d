import type { Fetcher, Located } from '@ingot/content';
import type { ExecutorContext } from '@nx/devkit';
import { ProjectError } from '../error.ts';
import { registryFetcher } from '../registry/registry-image.ts';
import { projectImage, type ProjectImage, type ProjectImageOptions } from './result.ts';

/**
 * Where all blobs of a project's image are: in its own layout, in the outputs and archives that it inherits from, in the
 * shared store, and in the registries that it inherits from, which are asked last. Throws what `projectImage` throws, for the project and for all that it is built on, and
 * INGOT_IMAGE_CYCLE.
 */
export async function fetcherFor(
  context: ExecutorContext,
  projectName: string,
  options: ProjectImageOptions = {},
): Promise<Fetcher & Located> {
  const { BlobStore, firstOf } = await import('@ingot/content');
  const image = await projectImage(context, projectName, options);
  return firstOf([...(await places(context, image, options, [projectName])), new BlobStore()]);
}

async function places(
  context: ExecutorContext,
  image: ProjectImage,
  options: ProjectImageOptions,
  trail: readonly string[],
): Promise<(Fetcher & Partial<Located>)[]> {
  const { LayoutStore, openSource, parseSource } = await import('@ingot/content');
  const found: (Fetcher & Partial<Located>)[] = [new LayoutStore(image.layoutDir)];
  for (const text of new Set(image.result.inherited.map(({ source }) => source))) {
    const source = parseSource(text);
    if (source.transport === 'project') {
      const base = await projectImage(context, source.name, options.place ? { place: options.place } : {});
      found.push(...(await places(context, base, options, step(trail, source.name))));
    } else if (source.transport === 'docker') {
      found.push(await registryFetcher(context, source.reference));
    } else {
      const opened = await openSource(source, { baseDir: context.root, resolveProject: notHere });
      found.push(opened.fetcher);
    }
  }
  return found;
}

function step(trail: readonly string[], name: string): readonly string[] {
  if (!trail.includes(name)) return [...trail, name];
  throw new ProjectError('INGOT_IMAGE_CYCLE', `images are built on each other: ${[...trail, name].join(' → ')}`);
}

async function notHere(name: string): Promise<never> {
  throw new ProjectError('INGOT_PROJECT_UNKNOWN', `no project "${name}" here`);
}
