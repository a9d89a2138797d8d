import { dirname, join } from 'node:path';
import { LayoutStore, parsePlatform, selectPlatform } from '@ingot/content';
import { buildDockerfile, secretValues, type DockerfileDescription, type ImageDescription } from '@ingot/oci';
import { withPlace, type BuildLog } from '@ingot/workspace';
import { formats } from '../description/formats.ts';
import type { OsImageDescription } from '../description/description.ts';
import { treeOfImage } from '../tree/image.ts';
import type { BuilderOptions, RootfsBuilder } from './builder.ts';
import { addSteadily } from './builder-log.ts';

/** What this plugin's targets make beside a root file system: it is no part of the next one's context. */
const outputs = ['plan', 'rootfs', 'image', 'boot', 'verify', 'publish', 'push', 'reproduce', ...formats];

/** Shorter ones are in every root file system. */
const SHORTEST = 4;

/** Lines of a file that are a secret each, unlike the words around them. */
const SHORTEST_LINE = 20;

/**
 * Builds a Dockerfile by the engine that is there, all architectures at once, and applies the layers. Throws what
 * `buildDockerfile` and `treeOfImage` throw.
 */
export async function dockerfileBuilder(
  dockerfile: DockerfileDescription,
  options: BuilderOptions,
): Promise<RootfsBuilder> {
  const { description, temporary, signal } = options;
  const secrets = (await secretValues(dockerfile.secrets, description.folder)).flatMap(partsOf);
  const layoutDir = join(temporary, 'image');
  let built: Promise<readonly string[]> | undefined;
  const build = async (log: BuildLog): Promise<readonly string[]> => {
    const said: string[] = [];
    const dist = dirname(dirname(temporary));
    const { result, notes } = await buildDockerfile(imageOf(description, dockerfile), {
      layoutDir,
      resultFile: `${layoutDir}.json`,
      project: description.folder,
      time: options.time,
      without: [...outputs.flatMap((name) => [join(dist, name), join(dist, `${name}.json`)]), join(dist, '.ingot-*')],
      show: (line) => {
        said.push(line);
        addSteadily(log, line);
      },
    });
    for (const note of notes) options.note(note);
    return [...said, result.digest];
  };
  return {
    secrets,
    async build(architecture, log) {
      const isFirst = built === undefined;
      built ??= build(log);
      const said = await built;
      if (!isFirst) for (const line of said.slice(0, -1)) addSteadily(log, line);
      return withPlace(description.place(['dockerfile']), async () => {
        const store = new LayoutStore(layoutDir);
        const [root] = await store.roots();
        const manifest = await selectPlatform(store, root!, parsePlatform(`linux/${architecture}`));
        return { tree: await treeOfImage(store, manifest, temporary, signal) };
      });
    },
  };
}

/** What must not be in a root file system: a secret as a whole, and where it is a file of lines, what each has in it. */
function partsOf(value: string): string[] {
  const whole = value.trim();
  const lines = whole.split(/\r?\n/).map((line) => line.trim());
  // A frame of PEM is in every library that reads it.
  const telling = lines.filter((line) => line.length >= SHORTEST_LINE && !/^(#|-----)/.test(line));
  return [...new Set([whole, ...telling])].filter((part) => part.length >= SHORTEST);
}

/** An image.yaml with nothing but this Dockerfile. */
function imageOf(
  { file, name, architectures, place }: OsImageDescription,
  dockerfile: DockerfileDescription,
): ImageDescription & { readonly dockerfile: DockerfileDescription } {
  return {
    file,
    name,
    version: 'rootfs',
    from: undefined,
    dockerfile,
    layers: [],
    platforms: architectures.map((architecture) => parsePlatform(`linux/${architecture}`)),
    platformsPlace: place(['architectures']),
    annotations: {},
    entrypoint: undefined,
    cmd: undefined,
    env: {},
    user: undefined,
    workdir: undefined,
    labels: {},
    ports: [],
    volumes: [],
    stopSignal: undefined,
    repositories: [],
  };
}
