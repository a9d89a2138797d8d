import type { Descriptor, Fetcher, Located, Source } from '@ingot/content';
import { openSource, parseSource } from '@ingot/content';
import type { Place } from '@ingot/workspace';
import { fetcherFor, openRegistryImage, projectImage } from '@ingot/workspace';
import type { ExecutorContext } from '@nx/devkit';

/** An image that a source leads to, and the name and tag that it has by itself. */
export interface OpenedSource {
  readonly root: Descriptor;
  readonly fetcher: Fetcher & Located;
  readonly name?: string;
  readonly tag?: string;
  /** What the plan shall name instead of what was written: pinned, where the author wrote a tag. */
  readonly source?: string;
}

/** Opens a source; `place` is where it was written, for errors. */
export type OpenSource = (source: string, place?: Place) => Promise<OpenedSource>;

/** How a task of Nx opens sources: `project:` through the project graph, `docker://` through ingot.lock, paths relative to `baseDir`. */
export function openForContext(context: ExecutorContext, baseDir: string): OpenSource {
  return async (text, place) => {
    const source: Source = parseSource(text);
    if (source.transport === 'docker') return openRegistryImage(context, source.reference);
    if (source.transport !== 'project') {
      return openSource(source, { baseDir, resolveProject: () => Promise.reject(new Error('not a project')) });
    }
    const { result } = await projectImage(context, source.name, place === undefined ? {} : { place });
    const { mediaType, digest, size, name, version } = result;
    return { root: { mediaType, digest, size }, fetcher: await fetcherFor(context, source.name), name, tag: version };
  };
}
