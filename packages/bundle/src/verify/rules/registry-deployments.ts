import { isLabel, isSubdomain } from '../../registry/dns-name.ts';
import { partsOf, serviceAccountOf, type Csv, type Part } from '../../registry/csv.ts';
import { field, isMapping, listField, show, writtenField } from '../../yaml/field.ts';
import type { Fault, Rule } from '../rule.ts';
import { eachCsv } from './each-csv.ts';

const template = ['spec', 'template'];

/** The deployments of a ClusterServiceVersion, which become Deployments of these names. */
export const deploymentRules: readonly Rule[] = [
  {
    id: 'csv-deployment-names',
    formats: ['registry'],
    holds: 'every deployment has a name of its own, fit for a Deployment',
    level: 'error',
    reason:
      'OLM v1 refuses the bundle (validators.go, CheckDeploymentSpecUniqueness and CheckDeploymentNameIsDNS1123SubDomain); what rukpak makes of it the API server refuses, or Helm, which makes each object once.',
    remedy: 'Give each another name: small letters, digits, - and ., at most 253 characters.',
    check: eachCsv(function* ({ deployments }) {
      const seen = new Set<string>();
      for (const { value, place } of deployments) {
        const name = writtenField(value, 'name');
        if (!isSubdomain(name)) yield { message: `a deployment is named ${show(name)}`, path: place('name') };
        else if (seen.has(name)) yield { message: `the deployment ${name} is there twice`, path: place('name') };
        seen.add(name);
      }
    }),
  },
  {
    id: 'csv-deployment-selectors',
    formats: ['registry'],
    holds: 'the selector of every deployment finds its own pods',
    level: 'error',
    reason:
      'The API server refuses a Deployment without a selector, or whose pods it does not select (apps/v1 validation).',
    remedy: 'Repeat selector.matchLabels in template.metadata.labels.',
    check: eachCsv(({ deployments }) => deployments.flatMap((one) => [...selectorFaults(one)])),
  },
  {
    id: 'csv-containers',
    formats: ['registry'],
    holds: 'every deployment has containers, each with a name of its own and an image',
    level: 'error',
    reason: 'The API server refuses a Deployment of other containers (core/v1 validation, ValidatePodSpec).',
    remedy: 'Name containers by small letters, digits and -, and give each an image.',
    check: eachCsv(({ deployments }) => deployments.flatMap((one) => [...containerFaults(one)])),
  },
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
  const inPod = [...template, 'spec'];
  return [
    ...deployments.map((one): [string, string] => [
      serviceAccountOf(one, ...inPod),
      one.place(...inPod, 'serviceAccountName'),
    ]),
    ...permissions.map((one): [string, string] => [serviceAccountOf(one), one.place('serviceAccountName')]),
  ];
}

function* selectorFaults({ value, place }: Part): Iterable<Fault> {
  const selector = field(value, 'spec', 'selector');
  const path = place('spec', 'selector');
  const wanted = field(selector, 'matchLabels');
  const expressions = listField(selector, 'matchExpressions');
  if ((!isMapping(wanted) || Object.keys(wanted).length === 0) && expressions.length === 0) {
    yield { message: `the deployment ${writtenField(value, 'name')} has no selector`, path };
    return;
  }
  for (const [key, label] of Object.entries(isMapping(wanted) ? wanted : {})) {
    const found = field(value, ...template, 'metadata', 'labels', key);
    if (found === label) continue;
    const message = `the pods have ${found === undefined ? 'no label' : show(found)}, and the selector wants ${key}=${show(label)}`;
    yield { message, path: place('spec', 'selector', 'matchLabels', key) };
  }
}

function* containerFaults(deployment: Part): Iterable<Fault> {
  const keys = [...template, 'spec'];
  if (listField(deployment.value, ...keys, 'containers').length === 0) {
    const message = `the deployment ${writtenField(deployment.value, 'name')} has no containers`;
    yield { message, path: deployment.place(...keys, 'containers') };
  }
  const seen = new Set<string>();
  const all = [...partsOf(deployment, ...keys, 'initContainers'), ...partsOf(deployment, ...keys, 'containers')];
  for (const { value, place } of all) {
    const name = writtenField(value, 'name');
    if (!isLabel(name)) yield { message: `a container is named ${show(name)}`, path: place('name') };
    else if (seen.has(name)) yield { message: `the container ${name} is there twice`, path: place('name') };
    seen.add(name);
    if (writtenField(value, 'image') === '') {
      yield { message: `the container ${name} has no image`, path: place('image') };
    }
  }
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
