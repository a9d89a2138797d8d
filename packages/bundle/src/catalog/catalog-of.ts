import type { Path } from '@ingot/workspace';
import {
  packageOf,
  type Catalog,
  type CatalogBlob,
  type CatalogChannel,
  type CatalogIcon,
  type DeprecationEntry,
  type Placed,
} from './blobs.ts';
import type { CatalogDescription } from './description.ts';
import { edgesOf, type GivenEntry, type MadeEntry } from './edges.ts';
import type {
  ChannelDescription,
  DeprecationDescription,
  EntryDescription,
  PackageDescription,
} from './package-description.ts';
import type { RenderedBundle } from './render-bundle.ts';
import { compareBundleVersions, parseVersion } from './version.ts';

/**
 * The catalog that a catalog.yaml describes. It is not judged here: `catalogProblems` does.
 * @param rendered the bundles of the description, in their order
 * @param icons by package
 */
export function catalogOf(
  description: CatalogDescription,
  rendered: readonly RenderedBundle[],
  icons: ReadonlyMap<string, CatalogIcon> = new Map(),
): Catalog {
  const placed = <Blob extends CatalogBlob>(blob: Blob, at: Path): Placed<Blob> => ({
    blob,
    place: (...keys) => description.place([...at, ...keys]),
  });
  const bundles = rendered.map(({ blob }, i) => ({ blob, place: () => description.place(['bundles', i]) }));
  const packages = description.packages.map((each, i) => {
    const members = rendered.filter(({ blob }) => blob.package === each.name);
    const channels = channelsOf(each, members);
    const icon = icons.get(each.name);
    return {
      own: placed(
        {
          schema: 'olm.package' as const,
          name: each.name,
          defaultChannel: each.defaultChannel ?? defaultChannelOf(channels, members),
          ...(icon === undefined ? {} : { icon }),
          ...(each.description === undefined ? {} : { description: each.description }),
        },
        ['packages', i],
      ),
      channels: channels.map((channel, j) =>
        placedChannel(description, rendered, { channel, of: each, members, at: [i, j] }),
      ),
      deprecations:
        each.deprecations.length === 0
          ? []
          : [
              {
                blob: {
                  schema: 'olm.deprecations' as const,
                  package: each.name,
                  entries: each.deprecations.map(deprecationOf),
                },
                place: (...keys: Path) =>
                  description.place([
                    'packages',
                    i,
                    'deprecations',
                    ...(keys[0] === 'entries' ? keys.slice(1, 2) : []),
                  ]),
              },
            ],
    };
  });
  return {
    packages: packages.map(({ own }) => own),
    channels: packages.flatMap(({ channels }) => channels),
    bundles,
    deprecations: packages.flatMap(({ deprecations }) => deprecations),
  };
}

/** Those that are described, else all that the bundles name, by name. */
function channelsOf(
  { channels }: PackageDescription,
  members: readonly RenderedBundle[],
): readonly ChannelDescription[] {
  if (channels !== undefined) return channels;
  const names = [...new Set(members.flatMap((member) => member.channels))].sort();
  return names.map((name) => ({ name, entries: undefined }));
}

/** What the newest bundle says, else the only channel; empty where that does not decide it. */
function defaultChannelOf(channels: readonly ChannelDescription[], members: readonly RenderedBundle[]): string {
  const versions = members.flatMap((member) => {
    const { version: text = '', release } = packageOf(member.blob) ?? {};
    const version = parseVersion(text);
    return version && member.defaultChannel !== undefined ? [{ version, release, channel: member.defaultChannel }] : [];
  });
  const newest = versions.sort((a, b) => compareBundleVersions(a.version, b.version, a.release, b.release)).at(-1);
  const names = new Set(channels.map(({ name }) => name));
  return newest?.channel ?? (names.size === 1 ? channels[0]!.name : '');
}

interface ChannelFacts {
  readonly channel: ChannelDescription;
  readonly of: PackageDescription;
  readonly members: readonly RenderedBundle[];
  /** Which package, which channel. */
  readonly at: readonly [number, number];
}

function placedChannel(
  description: CatalogDescription,
  rendered: readonly RenderedBundle[],
  { channel, of, members, at: [i, j] }: ChannelFacts,
): Placed<CatalogChannel> {
  const bundleOf = (source: string) =>
    rendered[description.bundles.findIndex(({ text }) => text === source)]?.blob.name;
  const written: readonly EntryDescription[] =
    channel.entries ??
    members.filter(({ channels }) => channels.includes(channel.name)).map(({ blob }) => ({ name: blob.name }));
  const given = written.map(({ bundle, name = bundleOf(bundle ?? '') ?? '', ...edges }): GivenEntry => {
    const blob = members.find((member) => member.blob.name === name)?.blob;
    const { version = '', release } = (blob && packageOf(blob)) ?? {};
    return { name, ...edges, version: parseVersion(version), release };
  });
  const made = edgesOf(given, of.edges);
  const blob = {
    schema: 'olm.channel',
    name: channel.name,
    package: of.name,
    entries: made.map(({ entry }) => entry),
  } as const;
  const root = of.channels === undefined ? ['packages', i] : ['packages', i, 'channels', j];
  return {
    blob,
    place: (...keys) => description.place([...root, ...writtenPath(keys, made, channel.entries !== undefined)]),
  };
}

/** Entries are sorted by version; where they stand in catalog.yaml is another order, and some do not stand there. */
function writtenPath(keys: Path, made: readonly MadeEntry[], isWritten: boolean): Path {
  const [key, index, ...rest] = keys;
  if (key !== 'entries' || typeof index !== 'number') return keys;
  return isWritten ? ['entries', made[index]?.index ?? index, ...rest] : [];
}

function deprecationOf({ channel, bundle, message }: DeprecationDescription): DeprecationEntry {
  if (channel !== undefined) return { reference: { schema: 'olm.channel', name: channel }, message };
  if (bundle !== undefined) return { reference: { schema: 'olm.bundle', name: bundle }, message };
  return { reference: { schema: 'olm.package' }, message };
}
