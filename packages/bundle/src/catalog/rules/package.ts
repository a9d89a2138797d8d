import { didYouMean } from '@ingot/workspace';
import type { Catalog } from '../blobs.ts';
import type { CatalogFault, CatalogRule } from '../catalog-rule.ts';
import { repeated } from './repeated.ts';

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const model = 'of operator-registry, by which opm and OLM v0 read catalogs, stops.';

export const packageRules: readonly CatalogRule[] = [
  {
    id: 'catalog-package',
    holds: 'there are packages, each once and with a name of RFC 1123',
    level: 'error',
    reason: `ConvertToModel (alpha/declcfg/declcfg_to_model.go) ${model}`,
    remedy: 'Give each package a name of its own: lower-case letters, digits and "-", at most 63.',
    *check({ packages }): Generator<CatalogFault> {
      if (packages.length === 0) yield { message: 'the catalog has no package', place: undefined };
      for (const { blob, place } of packages) {
        if (label.test(blob.name) && blob.name.length <= 63) continue;
        yield { message: `"${blob.name}" cannot name a package`, place: place('name') };
      }
      for (const { blob, place } of repeated(packages, ({ blob }) => blob.name)) {
        yield { message: `the package "${blob.name}" is there twice`, place: place('name') };
      }
    },
  },
  {
    id: 'catalog-default-channel',
    holds: 'each package has a default channel that is there',
    level: 'error',
    reason: `Package.Validate (alpha/model/model.go) ${model}`,
    remedy: 'Set defaultChannel to one of the package’s channels.',
    *check(catalog): Generator<CatalogFault> {
      for (const { blob, place } of catalog.packages) {
        const channels = channelNames(catalog, blob.name);
        if (channels.includes(blob.defaultChannel)) continue;
        if (channels.length === 0) {
          yield { message: `"${blob.name}" has no channel`, place: place('name') };
          continue;
        }
        const known = [...new Set(channels)].join(', ');
        const message =
          blob.defaultChannel === ''
            ? `nothing says which channel of "${blob.name}" is the default: ${known}`
            : `"${blob.name}" has no channel "${blob.defaultChannel}"${didYouMean(blob.defaultChannel, channels)}`;
        yield { message, place: place('defaultChannel') };
      }
    },
  },
  {
    id: 'catalog-deprecation',
    holds: 'what is deprecated is there, and said once',
    level: 'error',
    reason: `ConvertToModel (alpha/declcfg/declcfg_to_model.go) ${model}`,
    remedy: 'Name a channel or a bundle of the package as it is called there, or leave the line out.',
    *check(catalog): Generator<CatalogFault> {
      for (const { blob, place } of repeated(catalog.deprecations, ({ blob }) => blob.package)) {
        yield { message: `there are two lists of deprecations of "${blob.package}"`, place: place('package') };
      }
      for (const { blob, place } of catalog.deprecations) {
        if (!catalog.packages.some((each) => each.blob.name === blob.package)) {
          yield { message: `there is no package "${blob.package}"`, place: place('package') };
        }
        const seen = new Set<string>();
        for (const [i, { reference, message }] of blob.entries.entries()) {
          const at = place('entries', i);
          const { schema, name = '' } = reference;
          if (message === '') yield { message: 'the deprecation has no message', place: at };
          if (seen.has(`${schema} ${name}`)) {
            yield { message: `the deprecation of ${name === '' ? schema : `"${name}"`} is there twice`, place: at };
          }
          seen.add(`${schema} ${name}`);
          yield* unknownReference(catalog, blob.package, schema, name).map((each) => ({ message: each, place: at }));
        }
      }
    },
  },
];

function unknownReference(catalog: Catalog, packageName: string, schema: string, name: string): string[] {
  if (schema === 'olm.package')
    return name === '' ? [] : [`the deprecation of a package has no name, such as "${name}"`];
  if (schema === 'olm.channel') {
    const channels = channelNames(catalog, packageName);
    return channels.includes(name) ? [] : [`"${packageName}" has no channel "${name}"${didYouMean(name, channels)}`];
  }
  if (schema !== 'olm.bundle') return [`nothing of the schema "${schema}" can be deprecated`];
  const bundles = catalog.bundles.filter(({ blob }) => blob.package === packageName).map(({ blob }) => blob.name);
  return bundles.includes(name) ? [] : [`"${packageName}" has no bundle "${name}"${didYouMean(name, bundles)}`];
}

function channelNames({ channels }: Catalog, packageName: string): string[] {
  return channels.filter(({ blob }) => blob.package === packageName).map(({ blob }) => blob.name);
}
