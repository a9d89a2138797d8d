import { isLabel1035, isSubdomain } from '../../kubernetes/names.ts';
import { csvsOf, type Csv, type Part } from '../../registry/csv.ts';
import { field, listField, show, writtenField } from '../../yaml/field.ts';
import type { Fault, Rule } from '../rule.ts';
import { eachCsv } from './each-csv.ts';

const conversion = 'ConversionWebhook';
const types = ['MutatingAdmissionWebhook', 'ValidatingAdmissionWebhook', conversion];
const forbiddenGroups = new Set(['*', 'olm.operatorframework.io']);
const forbiddenResources = /^(\*|(mutating|validating)webhookconfigurations?)$/i;

/** The webhooks of a ClusterServiceVersion, which OLM v1 installs and rukpak refuses. */
export const olmWebhookRules: readonly Rule[] = [
  rule('olm-webhooks', 'no webhook needs certificates', {
    level: 'warning',
    reason:
      'OLM v1 has cert-manager issue the certificates of webhooks (applier/provider.go; cmd/operator-controller/main.go, getCertificateProvider): where it is not installed, the bundle is not either.',
    remedy: 'Say in the documentation that cert-manager has to be in the cluster.',
    *check([first]) {
      yield { message: 'the webhooks need cert-manager', path: first!.place('generateName') };
    },
  }),
  rule('olm-webhook-types', 'every webhook is of a type that there is', {
    reason: 'OLM v1 makes nothing of another type (generators.go), and says nothing.',
    remedy: `Write ${types.join(', ')}.`,
    *check(webhooks) {
      for (const { value, place } of webhooks) {
        const type = writtenField(value, 'type');
        if (!types.includes(type)) yield { message: `a webhook is of the type ${show(type)}`, path: place('type') };
      }
    },
  }),
  rule('olm-webhook-deployments', 'every webhook is served by a deployment of the bundle', {
    reason: 'OLM v1 refuses the bundle (validators.go, CheckWebhookDeploymentReferentialIntegrity).',
    remedy: 'Set deploymentName to the name of a deployment.',
    *check(webhooks, { deployments }) {
      const names = new Set(deployments.map(({ value }) => writtenField(value, 'name')));
      for (const { value, place } of webhooks) {
        const name = writtenField(value, 'deploymentName');
        if (names.has(name)) continue;
        yield {
          message: `${nameOf(value)} is served by ${show(name)}, which there is not`,
          path: place('deploymentName'),
        };
      }
    },
  }),
  rule('olm-webhook-names', 'every webhook has a name of its own among those of its type', {
    reason:
      'OLM v1 refuses the bundle (validators.go, CheckWebhookNameUniqueness and CheckWebhookNameIsDNS1123SubDomain); the API server takes admission webhooks of three labels at least, such as a.b.c.',
    remedy: 'Set generateName to a name such as mhello.example.com.',
    *check(webhooks) {
      const seen = new Set<string>();
      for (const { value, place } of webhooks) {
        const [name, type] = [nameOf(value), writtenField(value, 'type')];
        const path = place('generateName');
        if (seen.has(`${type} ${name}`))
          yield { message: `the webhook ${name} of the type ${type} is there twice`, path };
        seen.add(`${type} ${name}`);
        // IsFullyQualifiedName
        const fits = isSubdomain(name) && (type === conversion || name.split('.').length > 2);
        if (!fits) yield { message: `a webhook is named ${show(name)}`, path };
      }
    },
  }),
  rule('olm-webhook-rules', 'no webhook is asked about what OLM itself needs', {
    reason: 'OLM v1 refuses webhooks for all groups, its own, or for webhooks (validators.go, CheckWebhookRules).',
    remedy: 'Name the groups and resources that the operator serves.',
    *check(webhooks) {
      for (const webhook of webhooks) {
        if (writtenField(webhook.value, 'type') !== conversion) yield* ruleFaults(webhook);
      }
    },
  }),
  rule('olm-webhook-settings', 'every webhook has what the API server asks for', {
    reason:
      'The API server refuses a webhook without sideEffects None or NoneOnDryRun, without a review version that it knows, or of the port 0, which OLM v1 writes where containerPort is missing (admissionregistration.k8s.io/v1 validation; generators.go).',
    remedy: 'Set sideEffects: None, admissionReviewVersions: [v1] and containerPort: 443.',
    check: (webhooks) => webhooks.flatMap((one) => [...settingFaults(one)]),
  }),
  rule('olm-webhook-services', 'the Services of webhooks have names that Services may have', {
    reason:
      'OLM v1 names them by the deployment (render/certprovider.go, CertProvisionerFor; util.go, ObjectNameForBaseAndSuffix), and the API server refuses what does not begin with a letter or is longer than 63.',
    remedy: 'Let the name of the deployment begin with a letter, and have other than 56 characters.',
    *check(webhooks, { deployments }) {
      const served = new Set(webhooks.map(({ value }) => writtenField(value, 'deploymentName')));
      for (const { value, place } of deployments) {
        const name = writtenField(value, 'name');
        const service = serviceOf(name);
        if (!served.has(name) || !isSubdomain(name) || isLabel1035(service)) continue;
        yield { message: `the Service of ${name} would be named ${service}`, path: place('name') };
      }
    },
  }),
];

/** As `ObjectNameForBaseAndSuffix` cuts it, which leaves one character too many where base and suffix have 63. */
function serviceOf(deployment: string): string {
  const base = deployment.replaceAll('.', '-');
  const suffix = 'service';
  return `${base.length + suffix.length > 63 ? base.slice(0, 63 - suffix.length - 1) : base}-${suffix}`;
}

function* ruleFaults({ value, place }: Part): Iterable<Fault> {
  for (const [at, one] of listField(value, 'rules').entries()) {
    for (const [position, group] of listField(one, 'apiGroups').entries()) {
      const path = place('rules', at, 'apiGroups', position);
      if (forbiddenGroups.has(String(group)))
        yield { message: `${nameOf(value)} is for the group ${show(group)}`, path };
      if (group !== 'admissionregistration.k8s.io') continue;
      const bad = listField(one, 'resources').find((resource) => forbiddenResources.test(String(resource)));
      if (bad !== undefined) yield { message: `${nameOf(value)} is for ${show(bad)} of ${group}`, path };
    }
  }
}

function* settingFaults({ value, place }: Part): Iterable<Fault> {
  const isConversion = writtenField(value, 'type') === conversion;
  const effects = writtenField(value, 'sideEffects');
  if (!isConversion && effects !== 'None' && effects !== 'NoneOnDryRun') {
    yield { message: `sideEffects of ${nameOf(value)} is ${show(effects)}`, path: place('sideEffects') };
  }
  if (!listField(value, 'admissionReviewVersions').some((version) => version === 'v1' || version === 'v1beta1')) {
    const message = `admissionReviewVersions of ${nameOf(value)} has neither v1 nor v1beta1`;
    yield { message, path: place('admissionReviewVersions') };
  }
  const port = field(value, 'containerPort');
  if (typeof port === 'number' && port >= 1 && port <= 65_535) return;
  yield { message: `containerPort of ${nameOf(value)} is ${show(port ?? 0)}`, path: place('containerPort') };
}

function nameOf(webhook: unknown): string {
  return writtenField(webhook, 'generateName');
}

interface About {
  readonly level?: Rule['level'];
  readonly reason: string;
  readonly remedy: string;
  readonly check: (webhooks: readonly Part[], csv: Csv) => Iterable<Fault>;
}

/** A rule about the webhooks of each ClusterServiceVersion that has any. */
function rule(id: string, holds: string, { level = 'error', reason, remedy, check }: About): Rule {
  const judged = eachCsv((csv) => (csv.webhooks.length === 0 ? [] : check(csv.webhooks, csv)));
  return {
    id,
    formats: ['registry'],
    consumers: ['olm'],
    holds,
    level,
    reason,
    remedy,
    check: (bundle) =>
      csvsOf(bundle.objects).some(({ webhooks }) => webhooks.length > 0) ? judged(bundle) : undefined,
  };
}
