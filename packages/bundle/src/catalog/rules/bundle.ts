import { parseReference } from '@ingot/registry/reference';
import { didYouMean } from '@ingot/workspace';
import { packageOf, packageType, type CatalogBundle } from '../blobs.ts';
import type { CatalogFault, CatalogRule } from '../catalog-rule.ts';
import { parseRelease, parseVersion } from '../version.ts';
import { repeated } from './repeated.ts';

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const convert =
  'ConvertToModel (alpha/declcfg/declcfg_to_model.go of operator-registry), by which opm and OLM v0 read catalogs, stops.';

export const bundleRules: readonly CatalogRule[] = [
  {
    id: 'catalog-bundle',
    holds: 'each bundle is there once, of a package and in a channel',
    level: 'error',
    reason: convert,
    remedy: 'List each bundle once, and its package; put it into a channel, or take it out.',
    *check({ packages, channels, bundles }): Generator<CatalogFault> {
      const names = packages.map(({ blob }) => blob.name);
      for (const { blob, place } of bundles) {
        if (!names.includes(blob.package)) {
          const message = `"${blob.name}" is of the package "${blob.package}", which the catalog does not have`;
          yield { message: `${message}${didYouMean(blob.package, names)}`, place: place('package') };
        } else if (
          !channels.some((channel) => channel.blob.package === blob.package && has(channel.blob.entries, blob))
        ) {
          yield { message: `"${blob.name}" is in no channel of "${blob.package}"`, place: place('name') };
        }
      }
      for (const { blob, place } of repeated(bundles, ({ blob }) => `${blob.package} ${blob.name}`)) {
        yield { message: `"${blob.package}" has the bundle "${blob.name}" twice`, place: place('name') };
      }
    },
  },
  {
    id: 'catalog-bundle-name',
    holds: 'OLM v1 can say in its status which bundle is installed',
    level: 'error',
    reason:
      'The API server refuses a status with another name (BundleMetadata in api/v1/clusterextension_types.go of operator-controller).',
    remedy: 'Call the ClusterServiceVersion by lower-case letters, digits, "-" and "." alone: hello.v1.0.0.',
    *check({ bundles }): Generator<CatalogFault> {
      for (const { blob, place } of bundles) {
        if (subdomain.test(blob.name) && blob.name.length <= 253) continue;
        yield { message: `"${blob.name}" cannot name a bundle`, place: place('name') };
      }
    },
  },
  {
    id: 'catalog-bundle-package',
    holds: 'each bundle says of itself of which package and version it is',
    level: 'error',
    reason: convert,
    remedy: 'Let metadata/annotations.yaml name the package, and the ClusterServiceVersion a version such as 1.2.3.',
    *check({ bundles }): Generator<CatalogFault> {
      for (const { blob, place } of bundles) {
        for (const message of packageProblems(blob))
          yield { message: `"${blob.name}" ${message}`, place: place('properties') };
      }
    },
  },
  {
    id: 'catalog-versions',
    holds: 'no two bundles of a package have one version',
    level: 'error',
    reason:
      'Package.Validate (alpha/model/model.go of operator-registry), by which opm and OLM v0 read catalogs, stops.',
    remedy: 'Give one of them another version, or list one alone.',
    *check({ bundles }): Generator<CatalogFault> {
      const versions = bundles.flatMap(({ blob, place }) => {
        const { version = '', release } = packageOf(blob) ?? {};
        return version === ''
          ? []
          : [{ blob, place, version: release === undefined ? version : `${version}-${release}` }];
      });
      const distinct = versions.filter((one) => versions.find(({ blob }) => blob.name === one.blob.name) === one);
      for (const { blob, place, version } of repeated(distinct, (each) => `${each.blob.package} ${each.version}`)) {
        yield { message: `"${blob.name}" has the version ${version}, which another bundle has too`, place: place() };
      }
    },
  },
  {
    id: 'catalog-image',
    holds: 'each bundle is named by registry, repository and digest',
    level: 'error',
    reason: 'OLM v1 cannot pull it (Pull in internal/shared/util/image/pull.go of operator-controller).',
    remedy: 'Name the image as registry.example/team/name@sha256:…',
    *check({ bundles }): Generator<CatalogFault> {
      for (const { blob, place } of bundles) {
        const reference = referenceOf(blob.image);
        if (reference === undefined || !isQualified(blob.image)) {
          yield { message: `"${blob.image}" is no image with its registry`, place: place('image') };
        } else if (reference.digest === undefined) {
          const message = `"${blob.image}" is a tag, which can be moved`;
          yield { message, place: place('image'), level: 'warning' };
        }
        for (const [i, { image }] of blob.relatedImages.entries()) {
          if (image === '' || referenceOf(image) !== undefined) continue;
          yield {
            message: `"${blob.name}" relates to "${image}", which is no image`,
            place: place('relatedImages', i),
          };
        }
      }
    },
  },
  {
    id: 'catalog-dependencies',
    holds: 'no bundle depends on others',
    level: 'warning',
    reason:
      'OLM v1 installs no bundle with dependencies (NoDependencyValidation in internal/operator-controller/resolve/validation.go); OLM v0 does.',
    remedy: 'For OLM v1 take them out of metadata/dependencies.yaml and of what the ClusterServiceVersion requires.',
    *check({ bundles }): Generator<CatalogFault> {
      const unfit = ['olm.package.required', 'olm.gvk.required', 'olm.constraint'];
      for (const { blob, place } of bundles) {
        const found = new Set(blob.properties.map(({ type }) => type).filter((type) => unfit.includes(type)));
        if (found.size === 0) continue;
        yield { message: `"${blob.name}" has dependencies: ${[...found].join(', ')}`, place: place('properties') };
      }
    },
  },
];

function* packageProblems(bundle: CatalogBundle): Generator<string> {
  const found = packageOf(bundle);
  if (found === undefined) {
    const count = bundle.properties.filter(({ type }) => type === packageType).length;
    yield `has ${count} properties of the type ${packageType}, and must have one`;
    return;
  }
  const { packageName, version: text, release } = found;
  if (packageName !== bundle.package)
    yield `is listed under "${bundle.package}", and says that it is of "${packageName}"`;
  const version = parseVersion(text);
  if (!version) yield `has the version "${text}", which is none of semver.org: 1.2.3`;
  if (release === undefined) return;
  if (!parseRelease(release)) yield `has the release "${release}", which is no part of a version up to 20 characters`;
  if (version && version.build.length > 0) yield `has a release and, in its version ${text}, build metadata`;
  // normalizeName in alpha/model/model.go of operator-registry.
  const name = `${bundle.package}-v${text}-${release}`;
  if (version && bundle.name !== name) yield `has a release, and must then be called ${name}`;
}

function has(entries: readonly { readonly name: string }[], { name }: CatalogBundle): boolean {
  return entries.some((entry) => entry.name === name);
}

function referenceOf(image: string): ReturnType<typeof parseReference> | undefined {
  try {
    return parseReference(image);
  } catch {
    return undefined;
  }
}

/** distribution/reference, ParseNamed: nothing is added to it. */
function isQualified(image: string): boolean {
  return /^([^/]*[.:][^/]*|localhost)\//.test(image);
}
