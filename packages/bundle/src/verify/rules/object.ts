import { deprecatedApi, supportedReleases } from '../../kubernetes/deprecated.ts';
import { identityOf, isMap } from '../../kubernetes/identity.ts';
import type { ManifestObject } from '../../kubernetes/manifest.ts';
import { isLabel, nameProblem } from '../../kubernetes/names.ts';
import type { Bundle } from '../bundle.ts';
import type { Fault, Rule } from '../rule.ts';
import { crdRules } from './crd.ts';
import { metadataFaults } from './object-metadata.ts';

/** Of charts what is in crds/, which is applied as it is; what their templates render to nobody sees here. */
const formats = ['plain', 'registry', 'helm'] as const;
const { oldest, newest } = supportedReleases;

/** What the API server asks of every object, and what bites after it has taken them. */
export const objectRules: readonly Rule[] = [
  {
    id: 'object-kind',
    formats,
    holds: 'every object has a kind',
    level: 'error',
    reason:
      'Readers stop at an object without one (apimachinery, unstructured/helpers.go, Decode: "Object \'Kind\' is missing").',
    remedy: 'Write its kind.',
    check: each((object) => textFaults(object, 'kind')),
  },
  {
    id: 'object-api-version',
    formats,
    holds: 'every object has an apiVersion',
    level: 'error',
    reason: 'Without it nobody knows at which address of the API server the kind is (client-go, RESTMapper).',
    remedy: 'Write `group/version`, or `v1` for the kinds of the core.',
    check: each(apiVersionFaults),
  },
  {
    id: 'object-name',
    formats,
    holds: 'every object has a name',
    level: 'error',
    reason:
      'Objects are installed as a release of Helm, which asks the API server for each by its name ("resource name may not be empty"); those of crds/ the API server refuses.',
    remedy: 'Write metadata.name; generateName is not enough.',
    check: each(nameFaults),
  },
  {
    id: 'object-names',
    formats,
    holds: 'all names are such as the API server takes',
    level: 'error',
    reason: 'The API server refuses others (apimachinery, pkg/api/validation; the validation of each kind).',
    remedy: 'Give it another name.',
    check: each(formFaults),
  },
  {
    id: 'object-metadata',
    formats,
    holds: 'all labels and annotations are texts with proper keys',
    level: 'error',
    reason:
      'The API server refuses others (apimachinery, ObjectMeta; pkg/api/validation/objectmeta.go): a value such as true or 1 wants quotes.',
    remedy: 'Put the value into quotes, or mend the key.',
    check: each(metadataFaults),
  },
  {
    id: 'object-unique',
    formats,
    holds: 'no object is there twice',
    level: 'error',
    reason:
      'Which of the two counts is left to chance; Helm fails with the second ("already exists"), or, in crds/, passes over it (pkg/action/install.go, installCRDs). Of the apiVersion the group alone tells objects apart.',
    remedy: 'Remove one of them.',
    check: duplicates,
  },
  ...crdRules,
  {
    id: 'api-removed',
    formats,
    holds: 'Kubernetes still serves all API versions',
    level: 'error',
    reason: `No release that is kept alive (1.${oldest} to 1.${newest}, mid-2026) serves it any more: the API server answers "no matches for kind".`,
    remedy: 'Move the object to the version that took its place.',
    check: each((object) => apiFaults(object, true)),
  },
  {
    id: 'api-deprecated',
    formats,
    holds: 'no API version is on its way out',
    level: 'warning',
    reason:
      'A release that comes, or some that are there already, refuses the object: Kubernetes names the release long before (kubernetes/api, prerelease-lifecycle).',
    remedy: 'Move the object to the version that takes its place.',
    check: each((object) => apiFaults(object, false)),
  },
];

function each(check: (object: ManifestObject) => Iterable<Fault>): Rule['check'] {
  return ({ objects }) => (objects.length === 0 ? undefined : objects.flatMap((object) => [...check(object)]));
}

function textFaults(object: ManifestObject, key: 'apiVersion' | 'kind'): Fault[] {
  const value = object.value[key];
  if (typeof value === 'string' && value !== '') return [];
  const what = value === undefined || value === null || value === '' ? 'missing' : 'no text';
  return [{ message: `${key} is ${what}`, path: object.place(key) }];
}

function apiVersionFaults(object: ManifestObject): Fault[] {
  const missing = textFaults(object, 'apiVersion');
  if (missing.length > 0) return missing;
  const value = object.value['apiVersion'] as string;
  if (/^([^/\s]+\/)?[^/\s]+$/.test(value)) return [];
  return [{ message: `${JSON.stringify(value)} is no group/version`, path: object.place('apiVersion') }];
}

function nameFaults(object: ManifestObject): Fault[] {
  const metadata = object.value['metadata'];
  if (!isMap(metadata)) {
    return [
      { message: metadata == null ? 'metadata is missing' : 'metadata is no map', path: object.place('metadata') },
    ];
  }
  const name = metadata['name'];
  if (typeof name === 'string' && name !== '') return [];
  const path = object.place('metadata', 'name');
  if (name === undefined || name === null || name === '') return [{ message: 'metadata.name is missing', path }];
  return [{ message: 'metadata.name is no text', path, remedy: 'Put the name into quotes.' }];
}

function* formFaults(object: ManifestObject): Generator<Fault, void, undefined> {
  const { group, kind, namespace, name } = identityOf(object);
  const problem = name === '' || kind === '' ? undefined : nameProblem(group, kind, name);
  if (problem !== undefined) {
    yield { message: `${JSON.stringify(name)}: ${problem}`, path: object.place('metadata', 'name') };
  }
  if (namespace !== '' && !isLabel(namespace)) {
    const message = `the namespace ${JSON.stringify(namespace)} is no label of RFC 1123`;
    yield { message, path: object.place('metadata', 'namespace') };
  }
}

function duplicates({ format, objects }: Bundle): Fault[] | undefined {
  if (objects.length === 0) return undefined;
  const first = new Map<string, ManifestObject>();
  return objects.flatMap((object) => {
    const { group, kind, namespace, name } = identityOf(object);
    if (kind === '' || name === '') return [];
    const key = JSON.stringify([group, kind, namespace, name]);
    const before = first.get(key);
    if (before === undefined) {
      first.set(key, object);
      return [];
    }
    const message = `${kind} ${name} is there twice: also at ${before.place()}`;
    // Charts in charts/ often bring the same definitions along.
    return [{ message, path: object.place(), ...(format === 'helm' ? { level: 'warning' as const } : {}) }];
  });
}

function* apiFaults(object: ManifestObject, removedEverywhere: boolean): Generator<Fault, void, undefined> {
  const { group, version, kind } = identityOf(object);
  const apiVersion = group === '' ? version : `${group}/${version}`;
  const api = deprecatedApi(apiVersion, kind);
  if (api === undefined || api.removed <= oldest !== removedEverywhere) return;
  const instead = api.replacement === undefined ? 'nothing takes its place' : `use ${api.replacement}`;
  const message = `${kind} of ${apiVersion}: deprecated since Kubernetes 1.${api.deprecated}, not served from 1.${api.removed} on; ${instead}`;
  yield { message, path: object.place('apiVersion') };
}
