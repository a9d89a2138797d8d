import type { ManifestObject } from '../kubernetes/manifest.ts';
import { isMapping, listField, textField, writtenField } from '../yaml/field.ts';

/** A part of an object, with its place. */
export interface Part {
  readonly value: Readonly<Record<string, unknown>>;
  readonly place: (...keys: readonly (string | number)[]) => string;
}

/** What a ClusterServiceVersion says, as far as it is of the right types (operator-framework/api, v1alpha1). */
export interface Csv extends Part {
  /** `metadata.name`, or an empty text. */
  readonly name: string;
  /** `spec.install.spec.deployments`. */
  readonly deployments: readonly Part[];
  /** `spec.install.spec.permissions` and `clusterPermissions`. */
  readonly permissions: readonly Part[];
  readonly ownedCrds: readonly Part[];
  readonly ownedApiServices: readonly Part[];
  readonly webhooks: readonly Part[];
  /** Those that are supported. */
  readonly installModes: ReadonlySet<string>;
}

/** Every ClusterServiceVersion among the objects. The unpackers know it by its kind alone. */
export function csvsOf(objects: readonly ManifestObject[]): Csv[] {
  return objects.filter(({ value }) => value['kind'] === 'ClusterServiceVersion').map(csvOf);
}

function csvOf(object: ManifestObject): Csv {
  const install = ['spec', 'install', 'spec'];
  return {
    value: object.value,
    place: (...keys) => object.place(...keys),
    name: textField(object.value, 'metadata', 'name') ?? '',
    deployments: partsOf(object, ...install, 'deployments'),
    permissions: [...partsOf(object, ...install, 'permissions'), ...partsOf(object, ...install, 'clusterPermissions')],
    ownedCrds: partsOf(object, 'spec', 'customresourcedefinitions', 'owned'),
    ownedApiServices: partsOf(object, 'spec', 'apiservicedefinitions', 'owned'),
    webhooks: partsOf(object, 'spec', 'webhookdefinitions'),
    installModes: new Set(
      partsOf(object, 'spec', 'installModes')
        .filter(({ value }) => value['supported'] === true)
        .map(({ value }) => writtenField(value, 'type')),
    ),
  };
}

/** The mappings of a list in an object, each with its place. */
export function partsOf(whole: Pick<ManifestObject, 'value' | 'place'>, ...keys: readonly (string | number)[]): Part[] {
  return listField(whole.value, ...keys).flatMap((value, at) =>
    isMapping(value) ? [{ value, place: (...more) => whole.place(...keys, at, ...more) }] : [],
  );
}

/** The name of a deployment's, permission's or webhook's ServiceAccount: `default` where none is named. */
export function serviceAccountOf({ value }: Part, ...keys: readonly string[]): string {
  return writtenField(value, ...keys, 'serviceAccountName') || 'default';
}
