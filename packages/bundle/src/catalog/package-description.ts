import type { Attempt } from '@ingot/oci';
import { isAbsolute } from 'node:path';
import { didYouMean } from '@ingot/workspace';
import { sourceText, type WrittenBundle } from './bundle-sources.ts';
import { keyError } from './key-error.ts';

/** Where the upgrades of a channel come from. */
export type EdgeMode = 'replaces' | 'skipRange' | 'given';

export interface PackageDescription {
  readonly name: string;
  readonly defaultChannel: string | undefined;
  readonly description: string | undefined;
  /** A file, relative to the project's folder. */
  readonly icon: string | undefined;
  readonly edges: EdgeMode;
  /** Undefined: those that its bundles name. */
  readonly channels: readonly ChannelDescription[] | undefined;
  readonly deprecations: readonly DeprecationDescription[];
}

export interface ChannelDescription {
  readonly name: string;
  /** Undefined: the bundles that name the channel. */
  readonly entries: readonly EntryDescription[] | undefined;
}

/** `name` or `bundle` says which bundle it is. */
export interface EntryDescription {
  readonly name?: string;
  /** As in the list of bundles. */
  readonly bundle?: string;
  readonly replaces?: string;
  readonly skips?: readonly string[];
  readonly skipRange?: string;
}

/** Of a channel or a bundle, or else of the package. */
export interface DeprecationDescription {
  readonly channel?: string;
  readonly bundle?: string;
  readonly message: string;
}

export interface WrittenPackage {
  readonly name: string;
  readonly defaultChannel?: string;
  readonly description?: string;
  readonly icon?: string;
  readonly edges?: EdgeMode;
  readonly channels?: readonly { readonly name: string; readonly entries?: readonly EntryDescription[] }[];
  readonly deprecations?: readonly DeprecationDescription[];
}

interface Written {
  readonly packages: readonly WrittenPackage[];
  readonly bundles: readonly WrittenBundle[];
}

export function describePackages({ packages, bundles }: Written, attempt: Attempt): PackageDescription[] {
  const sources = bundles.map(sourceText);
  return packages.map((each, i) => {
    const at = ['packages', i];
    const { name, defaultChannel, description, edges = 'replaces', channels, deprecations = [] } = each;
    attempt([...at, 'edges'], undefined, () => checkGiven(each));
    for (const [j, { entries = [] }] of (channels ?? []).entries()) {
      for (const [k, entry] of entries.entries()) {
        attempt([...at, 'channels', j, 'entries', k], undefined, () => checkEntry(entry, sources));
      }
    }
    for (const [j, { channel, bundle }] of deprecations.entries()) {
      if (channel === undefined || bundle === undefined) continue;
      attempt([...at, 'deprecations', j], undefined, () => {
        throw keyError('a deprecation is of a channel or of a bundle', 'make two of it');
      });
    }
    return {
      ...{ name, defaultChannel, description, edges, deprecations },
      icon: attempt([...at, 'icon'], undefined, () => checkIcon(each.icon)),
      channels: channels?.map((channel) => ({ name: channel.name, entries: channel.entries })),
    };
  });
}

function checkGiven({ edges, channels }: WrittenPackage): void {
  if (edges !== 'given' || channels?.every(({ entries }) => entries !== undefined) === true) return;
  throw keyError('edges: given, but not each channel has entries', 'list the entries of each channel');
}

function checkEntry({ name, bundle }: EntryDescription, sources: readonly string[]): void {
  if ((name === undefined) === (bundle === undefined)) {
    throw keyError('an entry has a name, or a bundle of the list `bundles`', 'write one of the two');
  }
  if (bundle === undefined || sources.includes(bundle)) return;
  throw keyError(
    `"${bundle}" is none of the bundles${didYouMean(bundle, sources)}`,
    'add it to `bundles`, and write it here as it stands there',
  );
}

function checkIcon(path: string | undefined): string | undefined {
  if (path === undefined || (!isAbsolute(path) && !path.split(/[/\\]/).includes('..'))) return path;
  throw keyError('the icon leaves the project', 'keep it in the project’s folder, and write its relative path');
}
