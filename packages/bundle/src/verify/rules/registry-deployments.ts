import { isLabel, isSubdomain } from '../../kubernetes/names.ts';
import { partsOf, type Part } from '../../registry/csv.ts';
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
];

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
