import { checkDepth } from './copy.ts';
import { ContentError } from './error.ts';
import { parseConfig, parseIndex, parseManifest } from './manifest.ts';
import { isConfig, isIndex, isManifest } from './media-type.ts';
import { formatPlatform, matchesPlatform } from './platform.ts';
import { readBlob } from './read.ts';
import type { Descriptor, Platform } from './descriptor.ts';
import type { Fetcher } from './store.ts';

interface Candidate {
  readonly descriptor: Descriptor;
  readonly platform: Platform;
}

/**
 * The image manifest for `platform`: `root` itself, or the first fitting member of an index. Its platform is the
 * config's where an index does not say it. Throws INGOT_PLATFORM, naming the platforms that there are.
 */
export async function selectPlatform(fetcher: Fetcher, root: Descriptor, platform: Platform): Promise<Descriptor> {
  const there = new Set<string>();
  for await (const candidate of candidates(fetcher, root, 0)) {
    if (matchesPlatform(platform, candidate.platform)) return candidate.descriptor;
    there.add(formatPlatform(candidate.platform));
  }
  const names = [...there].join(', ');
  throw new ContentError(
    'INGOT_PLATFORM',
    `image ${root.digest} is not there for ${formatPlatform(platform)}, ${names ? `only for ${names}` : 'nor for any platform'}`,
    {
      digest: root.digest,
      help: names ? 'Ask for a platform that it has, or use another image.' : 'It is no container image.',
    },
  );
}

/** The platforms of the image manifests that `root` is or names, in order. */
export async function platformsOf(fetcher: Fetcher, root: Descriptor): Promise<readonly Platform[]> {
  const there: Platform[] = [];
  for await (const { platform } of candidates(fetcher, root, 0)) there.push(platform);
  return there;
}

async function* candidates(
  fetcher: Fetcher,
  root: Descriptor,
  depth: number,
  seen: Set<string> = new Set(),
): AsyncGenerator<Candidate> {
  // An index that names another a thousand times, eight levels deep, would keep us busy for ever.
  const key = `${root.mediaType} ${root.digest} ${root.platform ? formatPlatform(root.platform) : ''}`;
  if (seen.has(key)) return;
  seen.add(key);
  if (isIndex(root.mediaType)) {
    checkDepth(root, depth);
    for (const member of parseIndex(await readBlob(fetcher, root), root).manifests) {
      yield* candidates(fetcher, member, depth + 1, seen);
    }
  } else if (isManifest(root.mediaType)) {
    const platform = root.platform ?? (await configPlatform(fetcher, root));
    // Attestations of BuildKit call themselves unknown/unknown.
    if (platform !== undefined && platform.os !== 'unknown') yield { descriptor: root, platform };
  }
}

async function configPlatform(fetcher: Fetcher, root: Descriptor): Promise<Platform | undefined> {
  const { config } = parseManifest(await readBlob(fetcher, root), root);
  if (!isConfig(config.mediaType)) return undefined;
  const { os, architecture, variant } = parseConfig(await readBlob(fetcher, config), config);
  return { os, architecture, ...(variant ? { variant } : {}) };
}
