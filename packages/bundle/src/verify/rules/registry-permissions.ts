import { isSubdomain } from '../../kubernetes/names.ts';
import { partsOf, serviceAccountOf, type Csv, type Part } from '../../registry/csv.ts';
import { field, listField, show, writtenField } from '../../yaml/field.ts';
import type { Fault, Rule } from '../rule.ts';
import { eachCsv } from './each-csv.ts';

/** What the operator may do, and as whom. */
export const permissionRules: readonly Rule[] = [
  {
    id: 'csv-permissions',
    formats: ['registry'],
    holds: 'every permission says what may be done to what',
    level: 'error',
    reason:
      'They become Roles and ClusterRoles, and the API server refuses rules without verbs, groups or resources (rbac/v1 validation, ValidatePolicyRule).',
    remedy: 'Write verbs, apiGroups (["" ] for the core) and resources; or verbs and nonResourceURLs alone.',
    check: eachCsv(({ permissions }) => permissions.flatMap((one) => [...permissionFaults(one)])),
  },
  {
    id: 'csv-permissions-once',
    formats: ['registry'],
    holds: 'no permission is there twice',
    level: 'error',
    reason:
      'The name of the role is made of the permission (pkg/convert/registryv1.go, generateName; render.go, DefaultUniqueNameGenerator): two that are equal make one name, and Helm makes each object once.',
    remedy: 'Take one of them out.',
    check: eachCsv(function* ({ permissions }, { consumers }) {
      const seen = new Set<string>();
      for (const { value, place } of permissions) {
        const text = JSON.stringify([writtenField(value, 'serviceAccountName'), field(value, 'rules')]);
        // OLM v1 adds a rule to those that are not for the cluster.
        const level = consumers.includes('rukpak') ? 'error' : 'warning';
        if (seen.has(text))
          yield { message: 'the permission is there twice', path: place('serviceAccountName'), level };
        seen.add(text);
      }
    }),
  },
  {
    id: 'registry-service-accounts',
    formats: ['registry'],
    holds: 'no ServiceAccount of the bundle is one that the ClusterServiceVersion makes',
    level: 'error',
    reason:
      'rukpak and OLM v1 make those that it names (pkg/convert/registryv1.go, Convert; generators.go, BundleCSVServiceAccountGenerator); a second of the same name fails, and operator-framework/api refuses it (validateServiceAccounts).',
    remedy: 'Take the ServiceAccount out of manifests/.',
    check: eachCsv(function* (csv, { objects }) {
      const made = new Set(serviceAccounts(csv).map(([name]) => name));
      for (const object of objects) {
        const name = writtenField(object.value, 'metadata', 'name');
        if (object.value['kind'] !== 'ServiceAccount' || !made.has(name)) continue;
        yield { message: `the ServiceAccount ${name} is made as well`, path: object.place('metadata', 'name') };
      }
    }),
  },
  {
    id: 'csv-service-accounts',
    formats: ['registry'],
    holds: 'the names of ServiceAccounts are such',
    level: 'error',
    reason: 'They become ServiceAccounts of these names, and the API server refuses others (RFC 1123).',
    remedy: 'Use small letters, digits, - and .',
    check: eachCsv((csv) =>
      serviceAccounts(csv).flatMap(([name, path]) =>
        isSubdomain(name) ? [] : [{ message: `a ServiceAccount is named ${show(name)}`, path }],
      ),
    ),
  },
];

/** Those that deployments and permissions name, each with its place. */
function serviceAccounts({ deployments, permissions }: Csv): [name: string, path: string][] {
  const inPod = ['spec', 'template', 'spec'];
  return [
    ...deployments.map((one): [string, string] => [
      serviceAccountOf(one, ...inPod),
      one.place(...inPod, 'serviceAccountName'),
    ]),
    ...permissions.map((one): [string, string] => [serviceAccountOf(one), one.place('serviceAccountName')]),
  ];
}

function* permissionFaults(permission: Part): Iterable<Fault> {
  for (const { value, place } of partsOf(permission, 'rules')) {
    const has = (key: string) => listField(value, key).length > 0;
    if (!has('verbs')) yield { message: 'the rule has no verbs', path: place('verbs') };
    if (has('nonResourceURLs')) {
      if (!has('apiGroups') && !has('resources')) continue;
      yield { message: 'the rule has nonResourceURLs beside resources', path: place('nonResourceURLs') };
    } else {
      if (!has('apiGroups')) yield { message: 'the rule has no apiGroups', path: place('apiGroups') };
      if (!has('resources')) yield { message: 'the rule has no resources', path: place('resources') };
    }
  }
}
