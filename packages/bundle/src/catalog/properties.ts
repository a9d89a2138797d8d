import type { ManifestObject } from '../kubernetes/manifest.ts';
import { packageType, type Property } from './blobs.ts';
import { bundleError, packageNameOf, type BundleFiles } from './bundle-files.ts';
import { listOf, mapOf, textOf, type Values } from './unchecked.ts';

interface Api {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

const gvk = 'olm.gvk';
const gvkRequired = 'olm.gvk.required';

/**
 * The properties of a bundle but for those of its CSV, sorted by type and value: its package, what it provides and
 * requires, and what metadata/ and the CSV's annotation `olm.properties` add (pkg/registry/parse.go, derivedProperties,
 * and pkg/registry/registry_to_model.go of operator-registry). Throws INGOT_CATALOG_BUNDLE.
 */
export function propertiesOf(files: BundleFiles): readonly Property[] {
  const spec = mapOf(files.csv.value['spec']);
  const { owned: ownedCrds, required: requiredCrds } = definitions(spec['customresourcedefinitions']);
  const { owned: ownedApis, required: requiredApis } = definitions(spec['apiservicedefinitions']);
  const crds = files.crds.flatMap(apisOfCrd);
  checkOwned(ownedCrds, crds, files.csv);
  const written = [...files.properties, packageProperty(files, spec), ...annotated(files.csv)];
  const provided = [...crds, ...ownedApis.map(apiOf)].map((value) => property(gvk, apiValue(value)));
  const required = [...requiredCrds.map((crd) => apiOfDefinition(crd, files.csv)), ...requiredApis.map(apiOf)];
  const all = [
    ...lastPackage(written.map(knownProperty)),
    ...provided,
    ...files.dependencies.map(dependency),
    ...required.map((value) => property(gvkRequired, apiValue(value))),
  ];
  return [...new Map(all.map((each) => [sortKey(each), each])).entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, each]) => each);
}

/** As operator-registry has it: the one from metadata/annotations.yaml, unless the CSV's annotation has another. */
function lastPackage(properties: readonly Property[]): readonly Property[] {
  const last = properties.findLast(({ type }) => type === packageType);
  return properties.filter((each) => each.type !== packageType || each === last);
}

function packageProperty(files: BundleFiles, { version, release }: Values): Property {
  const written = typeof release === 'number' ? String(release) : textOf(release);
  const value = { packageName: packageNameOf(files), version: textOf(version) };
  return { type: packageType, value: written === '' ? value : { ...value, release: written } };
}

function annotated(csv: ManifestObject): readonly Property[] {
  const text = mapOf(mapOf(csv.value['metadata'])['annotations'])['olm.properties'];
  if (typeof text !== 'string') return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
    // What cannot be written again lies too deep.
    JSON.stringify(value);
  } catch {
    // opm warns of what it cannot read, and goes on.
    return [];
  }
  return listOf(value).flatMap(({ type, value }) => (typeof type === 'string' ? [{ type, value }] : []));
}

/** opm reads these two into structs of its own, which have no further keys. */
function knownProperty(each: Property): Property {
  const value = mapOf(each.value);
  if (each.type === gvk) return property(gvk, apiValue(apiOf(value)));
  if (each.type !== packageType) return each;
  const { packageName, version, release } = value;
  const known = { packageName: textOf(packageName), version: textOf(version) };
  return property(packageType, textOf(release) === '' ? known : { ...known, release });
}

function dependency({ type, value }: Property): Property {
  const values = mapOf(value);
  if (type === gvk) return property(gvkRequired, apiValue(apiOf(values)));
  if (type !== packageType) return { type, value };
  const [packageName, versionRange] = [textOf(values['packageName']), textOf(values['version'])];
  return property('olm.package.required', { packageName, versionRange });
}

/** All versions of a CRD, those that are not served among them (ProvidedAPIs in pkg/registry/bundle.go). */
function apisOfCrd({ value }: ManifestObject): Api[] {
  if (!/\/v1(beta1)?$/.test(textOf(value['apiVersion']))) return [];
  const spec = mapOf(value['spec']);
  const kind = textOf(mapOf(spec['names'])['kind']);
  const single = textOf(spec['version']);
  const versions = listOf(spec['versions']).map(({ name }) => textOf(name));
  const beta = single !== '' && textOf(value['apiVersion']).endsWith('beta1');
  return (beta ? [...versions, single] : versions).map((version) => ({ group: textOf(spec['group']), version, kind }));
}

/** Throws INGOT_CATALOG_BUNDLE where the CSV owns a CRD that the bundle does not have (AllProvidedAPIsInBundle). */
function checkOwned(owned: readonly Values[], provided: readonly Api[], csv: ManifestObject): void {
  for (const [i, crd] of owned.entries()) {
    const wanted = apiOfDefinition(crd, csv);
    if (provided.some((each) => sameApi(each, wanted))) continue;
    const { group, version, kind } = wanted;
    throw bundleError(
      `the CSV owns ${kind} of ${group}/${version}, and the bundle has no CRD for it`,
      csv.place('spec', 'customresourcedefinitions', 'owned', i),
      'add the CRD to manifests/, with that version, or take it from the list',
    );
  }
}

/** `name` is the CRD's, `plural.group`. */
function apiOfDefinition(crd: Values, csv: ManifestObject): Api {
  const name = textOf(crd['name']);
  const dot = name.indexOf('.');
  if (dot >= 0) return { group: name.slice(dot + 1), version: textOf(crd['version']), kind: textOf(crd['kind']) };
  const message = `${JSON.stringify(name)} is no name of a CRD, plural.group`;
  throw bundleError(message, csv.place('spec', 'customresourcedefinitions'));
}

function sameApi(a: Api, b: Api): boolean {
  return a.group === b.group && a.version === b.version && a.kind === b.kind;
}

function apiOf({ group, version, kind }: Values): Api {
  return { group: textOf(group), version: textOf(version), kind: textOf(kind) };
}

/** In the order of alpha/property/property.go. */
function apiValue({ group, version, kind }: Api): Values {
  return { group, kind, version };
}

function definitions(value: unknown): { readonly owned: readonly Values[]; readonly required: readonly Values[] } {
  const { owned, required } = mapOf(value);
  return { owned: listOf(owned), required: listOf(required) };
}

function property(type: string, value: Values): Property {
  return { type, value };
}

function sortKey({ type, value }: Property): string {
  // Types are compared first, and none has this character.
  return `${type}\u0000${JSON.stringify(value)}`;
}
