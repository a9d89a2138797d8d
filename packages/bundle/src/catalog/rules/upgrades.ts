import { didYouMean } from '@ingot/workspace';
import type { CatalogFault, CatalogRule } from '../catalog-rule.ts';
import { graphOf } from '../channel-graph.ts';
import { parseVersionRange } from '../version-range.ts';

const chain =
  'Channel.Validate (alpha/model/model.go of operator-registry), by which opm and OLM v0 read catalogs, stops.';

/** How the bundles of a channel lead to each other. */
export const upgradeRules: readonly CatalogRule[] = [
  {
    id: 'catalog-skips',
    holds: 'skips and skipRanges can be read',
    level: 'error',
    reason:
      'Bundle.Validate (alpha/model/model.go of operator-registry) stops; OLM v1 passes over a range that it cannot read, and the upgrade is not there.',
    remedy:
      'Write names of bundles, and a range such as ">=1.0.0 <1.2.0": whole versions, with blanks between conditions.',
    *check({ channels }): Generator<CatalogFault> {
      for (const { blob, place } of channels) {
        for (const [i, { name, skips = [], skipRange }] of blob.entries.entries()) {
          if (skips.includes(''))
            yield { message: `"${name}" skips a bundle without a name`, place: place('entries', i, 'skips') };
          if (skipRange === undefined || parseVersionRange(skipRange)) continue;
          yield { message: `"${skipRange}" is no range of versions`, place: place('entries', i, 'skipRange') };
        }
      }
    },
  },
  {
    id: 'catalog-head',
    holds: 'each channel has one newest bundle',
    level: 'error',
    reason: chain,
    remedy: 'Let each bundle but the newest one be replaced or skipped by another of the channel.',
    *check({ channels }): Generator<CatalogFault> {
      for (const { blob, place } of channels) {
        const { heads, cycle } = graphOf(blob.entries);
        if (heads.length === 1 || blob.entries.length === 0 || cycle.length > 0) continue;
        const second = blob.entries.findIndex(({ name }) => name === heads[1]);
        const message =
          heads.length === 0
            ? `each bundle of the channel "${blob.name}" is replaced or skipped by another`
            : `the channel "${blob.name}" has several bundles that nothing replaces: ${heads.join(', ')}`;
        yield { message, place: heads.length === 0 ? place() : place('entries', second) };
      }
    },
  },
  {
    id: 'catalog-cycle',
    holds: 'no bundle replaces itself, or one that replaces it',
    level: 'error',
    reason: chain,
    remedy: 'Let each bundle replace an older one.',
    *check({ channels }): Generator<CatalogFault> {
      for (const { blob, place } of channels) {
        const { cycle } = graphOf(blob.entries);
        if (cycle.length === 0) continue;
        const last = blob.entries.findIndex(({ name }) => name === cycle.at(-2));
        const message = `in the channel "${blob.name}" upgrades go round in a circle: ${cycle.join(' → ')}`;
        yield { message, place: place('entries', last, 'replaces') };
      }
    },
  },
  {
    id: 'catalog-stranded',
    holds: 'the newest bundle of a channel can be reached from all others',
    level: 'error',
    reason: chain,
    remedy: 'Let the next newer bundle replace it, or one of them skip it.',
    *check({ channels }): Generator<CatalogFault> {
      for (const { blob, place } of channels) {
        const { heads, stranded } = graphOf(blob.entries);
        for (const name of stranded) {
          const message = `nothing leads from "${name}" to "${heads[0]}", the newest of the channel "${blob.name}"`;
          yield {
            message,
            place: place(
              'entries',
              blob.entries.findIndex((entry) => entry.name === name),
            ),
          };
        }
      }
    },
  },
  {
    id: 'catalog-replaced',
    holds: 'what is replaced is in the channel',
    level: 'warning',
    reason:
      'OLM takes it of the oldest bundle of a channel, for those who have installed one that is not listed any more; elsewhere it cuts the way to the newest.',
    remedy: 'Correct the name, unless the bundle was taken out on purpose.',
    *check({ channels }): Generator<CatalogFault> {
      for (const { blob, place } of channels) {
        const names = blob.entries.map(({ name }) => name);
        for (const [i, { name, replaces }] of blob.entries.entries()) {
          if (replaces === undefined || names.includes(replaces)) continue;
          const others = names.filter((each) => each !== name);
          const message = `"${name}" replaces "${replaces}", which the channel "${blob.name}" does not have`;
          yield { message: `${message}${didYouMean(replaces, others)}`, place: place('entries', i, 'replaces') };
        }
      }
    },
  },
];
