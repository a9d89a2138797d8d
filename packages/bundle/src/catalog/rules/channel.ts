import { didYouMean } from '@ingot/workspace';
import type { CatalogFault, CatalogRule } from '../catalog-rule.ts';
import { repeated } from './repeated.ts';

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const convert =
  'ConvertToModel (alpha/declcfg/declcfg_to_model.go of operator-registry), by which opm and OLM v0 read catalogs, stops.';

export const channelRules: readonly CatalogRule[] = [
  {
    id: 'catalog-channel',
    holds: 'each channel is there once, of a package, with bundles',
    level: 'error',
    reason: convert,
    remedy: 'Give each channel a name of its own within its package, and at least one bundle.',
    *check({ packages, channels }): Generator<CatalogFault> {
      const names = packages.map(({ blob }) => blob.name);
      for (const { blob, place } of channels) {
        if (blob.name === '') yield { message: `a channel of "${blob.package}" has no name`, place: place('name') };
        if (!names.includes(blob.package)) {
          const message = `the channel "${blob.name}" is of a package that is not there: "${blob.package}"`;
          yield { message, place: place('package') };
        }
        if (blob.entries.length === 0)
          yield { message: `the channel "${blob.name}" has no bundle`, place: place('name') };
      }
      for (const { blob, place } of repeated(channels, ({ blob }) => `${blob.package} ${blob.name}`)) {
        yield { message: `"${blob.package}" has the channel "${blob.name}" twice`, place: place('name') };
      }
    },
  },
  {
    id: 'catalog-channel-name',
    holds: 'a ClusterExtension can name each channel',
    level: 'warning',
    reason:
      'The API server refuses a ClusterExtension whose channels are not names of RFC 1123 (CatalogFilter in api/v1/clusterextension_types.go of operator-controller).',
    remedy: 'Call it by lower-case letters, digits, "-" and "." alone.',
    *check({ channels }): Generator<CatalogFault> {
      for (const { blob, place } of channels) {
        if (blob.name === '' || (subdomain.test(blob.name) && blob.name.length <= 253)) continue;
        yield { message: `no ClusterExtension can name the channel "${blob.name}"`, place: place('name') };
      }
    },
  },
  {
    id: 'catalog-entry',
    holds: 'each entry of a channel is a bundle of the package, once',
    level: 'error',
    reason: convert,
    remedy: 'Add the bundle to the catalog, correct its name, or take the entry out.',
    *check({ channels, bundles }): Generator<CatalogFault> {
      for (const { blob, place } of channels) {
        const known = bundles
          .filter((bundle) => bundle.blob.package === blob.package)
          .map((bundle) => bundle.blob.name);
        const indexed = blob.entries.map(({ name }, i) => ({ name, i }));
        for (const { name, i } of indexed.filter((each) => !known.includes(each.name))) {
          const message = `the catalog has no bundle "${name}" of "${blob.package}"${didYouMean(name, known)}`;
          yield { message, place: place('entries', i) };
        }
        for (const { name, i } of repeated(indexed, (each) => each.name)) {
          yield { message: `the channel "${blob.name}" has "${name}" twice`, place: place('entries', i) };
        }
      }
    },
  },
];
