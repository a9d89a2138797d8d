import { ProjectError } from '@ingot/workspace';
import {
  parseManifest,
  type ManifestLimits,
  type ManifestObject,
  type ManifestProblem,
} from '../kubernetes/manifest.ts';
import { newExpansion } from '../kubernetes/value.ts';
import { channelsLabel, defaultChannelLabel, mediaTypeLabel, packageLabel } from '../registry/labels.ts';
import { childrenOf, type BundleTree } from '../tree/tree.ts';
import type { Property } from './blobs.ts';
import { listOf, mapOf } from './unchecked.ts';

/** What a catalog takes from a registry+v1 bundle. */
export interface BundleFiles {
  readonly csv: ManifestObject;
  readonly crds: readonly ManifestObject[];
  /** Of metadata/annotations.yaml. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Of metadata/properties.yaml. */
  readonly properties: readonly Property[];
  /** Of metadata/dependencies.yaml. */
  readonly dependencies: readonly Property[];
}

/**
 * Reads manifests/ and metadata/ as `opm render` does (pkg/registry/parse.go of operator-registry): files that begin
 * with a dot and those that are no YAML are passed over, and what is in metadata/ is known by its keys, not by its name.
 * Other than opm it reads all documents of a file, as OLM v1 does. Throws INGOT_CATALOG_BUNDLE.
 */
export function readBundleFiles(tree: BundleTree): BundleFiles {
  const limits = { expansion: newExpansion() };
  const manifests = read(tree, 'manifests', limits, ({ path }) => !path.startsWith('manifests/.'));
  const csvs = manifests.objects.filter(({ value }) => value['kind'] === 'ClusterServiceVersion');
  const [csv, second] = csvs;
  if (csv === undefined) throw noCsv(manifests);
  if (second !== undefined) {
    throw bundleError('the bundle has two ClusterServiceVersions, and OLM installs one', second.place('kind'));
  }
  const metadata = read(tree, 'metadata', limits, () => true).objects.map(({ value }) => value);
  const annotations = metadata.map(({ annotations }) => textsOf(annotations)).find((each) => isBundleOf(each));
  if (annotations === undefined) {
    throw bundleError('the bundle does not say its package', 'metadata/annotations.yaml', `add ${packageLabel}`);
  }
  const mediaType = annotations[mediaTypeLabel] ?? tree.labels?.[mediaTypeLabel] ?? 'registry+v1';
  if (mediaType !== 'registry+v1') {
    throw bundleError(`the bundle is ${mediaType}; a catalog lists registry+v1`, 'metadata/annotations.yaml');
  }
  return {
    csv,
    crds: manifests.objects.filter(({ value }) => value['kind'] === 'CustomResourceDefinition'),
    annotations,
    properties: metadata.map(({ properties }) => propertiesOf(properties)).find(({ length }) => length > 0) ?? [],
    dependencies: metadata.map(({ dependencies }) => propertiesOf(dependencies)).find(({ length }) => length > 0) ?? [],
  };
}

export function packageNameOf({ annotations }: BundleFiles): string {
  return annotations[packageLabel] ?? '';
}

export function bundleError(message: string, path: string, help?: string): ProjectError {
  return new ProjectError('INGOT_CATALOG_BUNDLE', message, { path, ...(help === undefined ? {} : { help }) });
}

interface Files {
  readonly objects: readonly ManifestObject[];
  readonly problems: readonly ManifestProblem[];
}

function read(
  tree: BundleTree,
  folder: string,
  limits: ManifestLimits,
  wanted: (entry: { readonly path: string }) => boolean,
): Files {
  const files = childrenOf(tree, folder).filter((entry) => entry.type === 'file' && wanted(entry));
  const parsed = files.flatMap((entry) =>
    entry.type === 'file' && entry.content ? [parseManifest(entry.path, entry.content, limits)] : [],
  );
  return {
    objects: parsed.flatMap(({ objects }) => objects),
    problems: parsed.flatMap(({ problems }) => problems),
  };
}

function noCsv({ problems: [problem] }: Files): ProjectError {
  const message = 'the bundle has no ClusterServiceVersion in manifests/';
  if (problem === undefined) return bundleError(message, 'manifests', 'a catalog lists registry+v1 bundles alone');
  return bundleError(`${message} that can be read: ${problem.message}`, problem.path);
}

/** Any of opm's three keys makes a file the one of annotations (AnnotationsFile in pkg/registry/types.go). */
function isBundleOf(annotations: Readonly<Record<string, string>>): boolean {
  return [packageLabel, channelsLabel, defaultChannelLabel].some((key) => (annotations[key] ?? '') !== '');
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  const texts = Object.entries(mapOf(value)).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(texts);
}

function propertiesOf(value: unknown): Property[] {
  return listOf(value).flatMap(({ type, value }) =>
    typeof type === 'string' && value !== undefined ? [{ type, value: sorted(value) }] : [],
  );
}

/** opm makes JSON of YAML, with the keys of maps in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return (value as readonly unknown[]).map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}
