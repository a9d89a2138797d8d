import { withPlace } from '@ingot/workspace';
import type { RootfsDescription } from '../description/description.ts';
import { treeOfImage } from '../tree/image.ts';
import type { BuilderOptions, RootfsBuilder } from './builder.ts';
import { openPath } from './open-path.ts';

/** Takes a root file system that somebody made: a tar, a folder, an image. Throws at the place of `rootfs`. */
export function givenBuilder(given: RootfsDescription, options: BuilderOptions): RootfsBuilder {
  const { description, sources, temporary, signal } = options;
  return {
    secrets: [],
    build: (architecture, log) =>
      withPlace(description.place(['rootfs']), async () => {
        const opened = await sources.open(given, architecture);
        log.add(`taken from ${given.from}`);
        if ('path' in opened) return { tree: await openPath(opened.path, temporary, options) };
        return { tree: await treeOfImage(opened.fetcher, opened.manifest, temporary, signal) };
      }),
  };
}
