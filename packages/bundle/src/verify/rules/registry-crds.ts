import type { ManifestObject } from '../../kubernetes/manifest.ts';
import { listField, show, writtenField } from '../../yaml/field.ts';
import type { Rule } from '../rule.ts';
import { eachCsv } from './each-csv.ts';

/** The CustomResourceDefinitions of the bundle, and those that the ClusterServiceVersion owns. */
export const crdRules: readonly Rule[] = [
  {
    id: 'registry-owned-crds',
    formats: ['registry'],
    holds: 'every owned CustomResourceDefinition is in the bundle, with its kind and version',
    level: 'error',
    reason:
      'OLM v1 refuses the bundle where one is missing (validators.go, CheckOwnedCRDExistence); so do catalogs of one without that version (operator-framework/api, pkg/validation/internal/bundle.go, validateOwnedCRDs).',
    remedy: 'Put the definition into manifests/, or correct customresourcedefinitions.owned.',
    check: eachCsv(function* ({ ownedCrds }, { objects }) {
      const crds = new Map(crdsOf(objects).map((crd) => [nameOf(crd), crd]));
      for (const { value, place } of ownedCrds) {
        const name = writtenField(value, 'name');
        const crd = crds.get(name);
        if (crd === undefined) {
          yield { message: `${show(name)} is owned, and not in the bundle`, path: place('name') };
          continue;
        }
        const kind = writtenField(crd.value, 'spec', 'names', 'kind');
        if (writtenField(value, 'kind') !== kind) {
          yield { message: `${name} is of the kind ${kind}`, path: place('kind') };
        }
        const version = writtenField(value, 'version');
        if (!versionsOf(crd).includes(version)) {
          yield { message: `${name} has no version ${show(version)}`, path: place('version') };
        }
      }
    }),
  },
  {
    id: 'registry-crds-owned',
    formats: ['registry'],
    holds: 'every CustomResourceDefinition of the bundle is owned',
    level: 'warning',
    reason:
      "OLM's validators refuse the bundle (operator-framework/api, pkg/validation/internal/bundle.go, validateOwnedCRDs), and catalogs do not list what it provides.",
    remedy: 'Name it under customresourcedefinitions.owned of the ClusterServiceVersion.',
    check: eachCsv(function* ({ ownedCrds }, { objects }) {
      const owned = new Set(ownedCrds.map(({ value }) => writtenField(value, 'name')));
      for (const crd of crdsOf(objects)) {
        if (owned.has(nameOf(crd))) continue;
        yield { message: `${show(nameOf(crd))} is not owned`, path: crd.place('metadata', 'name') };
      }
    }),
  },
];

export function crdsOf(objects: readonly ManifestObject[]): ManifestObject[] {
  return objects.filter(({ value }) => value['kind'] === 'CustomResourceDefinition');
}

export function nameOf({ value }: ManifestObject): string {
  return writtenField(value, 'metadata', 'name');
}

/** v1beta1 had one in `spec.version` as well. */
function versionsOf({ value }: ManifestObject): string[] {
  const listed = listField(value, 'spec', 'versions').map((version) => writtenField(version, 'name'));
  return [...listed, writtenField(value, 'spec', 'version')].filter((name) => name !== '');
}
