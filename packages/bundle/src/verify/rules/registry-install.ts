import { isLabel } from '../../kubernetes/names.ts';
import { annotationsOf, packageOf } from '../../registry/annotations.ts';
import { listField, show, textField, writtenField } from '../../yaml/field.ts';
import type { Rule } from '../rule.ts';
import { eachCsv } from './each-csv.ts';

const suggested = 'operatorframework.io/suggested-namespace';
const modes = ['OwnNamespace', 'SingleNamespace', 'MultiNamespace', 'AllNamespaces'];

/** What a ClusterServiceVersion asks of the lifecycle manager. */
export const installRules: readonly Rule[] = [
  {
    id: 'registry-install-modes',
    formats: ['registry'],
    consumers: ['rukpak'],
    holds: 'the install mode AllNamespaces is supported',
    level: 'error',
    reason:
      'rukpak installs every bundle to watch all namespaces (pkg/provisioner/registry/registry.go), and refuses one that cannot (pkg/convert/registryv1.go, validateTargetNamespaces).',
    remedy: 'Let the operator watch all namespaces, and set supported: true for AllNamespaces in spec.installModes.',
    check: eachCsv(function* ({ installModes, place }) {
      if (installModes.has('AllNamespaces')) return;
      const found = installModes.size === 0 ? 'no install mode is' : `only ${[...installModes].join(', ')} is`;
      yield { message: `${found} supported`, path: place('spec', 'installModes') };
    }),
  },
  {
    id: 'csv-install-modes',
    formats: ['registry'],
    holds: 'each install mode is known, and named once',
    level: 'warning',
    reason:
      "OLM's validators refuse others (operator-framework/api, pkg/validation/internal/csv.go, validateInstallModes).",
    remedy: `Name ${modes.join(', ')}, each once.`,
    check: eachCsv(function* ({ value, place }) {
      const seen = new Set<string>();
      for (const [at, mode] of listField(value, 'spec', 'installModes').entries()) {
        const type = writtenField(mode, 'type');
        const path = place('spec', 'installModes', at, 'type');
        if (!modes.includes(type)) yield { message: `an install mode is ${show(type)}`, path };
        else if (seen.has(type)) yield { message: `the install mode ${type} is there twice`, path };
        seen.add(type);
      }
    }),
  },
  {
    id: 'registry-webhooks',
    formats: ['registry'],
    consumers: ['rukpak'],
    holds: 'there are no webhookdefinitions',
    level: 'error',
    reason: 'rukpak refuses a bundle that has any (pkg/convert/registryv1.go, Convert).',
    remedy: 'Install the webhook with a plain bundle, or have OLM v1 alone install this one (consumers: [olm]).',
    check: eachCsv(({ webhooks }) =>
      webhooks.map(({ value, place }) => ({
        message: `the webhook ${show(value['generateName'])} is defined`,
        path: place('generateName'),
      })),
    ),
  },
  {
    id: 'registry-api-services',
    formats: ['registry'],
    holds: 'no apiservicedefinitions are owned',
    level: 'error',
    reason:
      'rukpak refuses a bundle that owns any (pkg/convert/registryv1.go, Convert), and so does OLM v1 (applier/provider.go, RegistryV1ManifestProvider.Get).',
    remedy: 'Serve the API by a CustomResourceDefinition, or install the APIService with a plain bundle.',
    check: eachCsv(({ ownedApiServices }) =>
      ownedApiServices.map(({ value, place }) => ({
        message: `the API service ${show(value['name'])} is owned`,
        path: place('name'),
      })),
    ),
  },
  {
    id: 'registry-zero-objects',
    formats: ['registry'],
    consumers: ['rukpak'],
    holds: 'something is installed',
    level: 'error',
    reason:
      'rukpak refuses a bundle of which nothing is left once it is converted (pkg/provisioner/plain/plain.go, ValidateBundle); the ClusterServiceVersion itself is not installed.',
    remedy: 'Name the deployments of the operator in the ClusterServiceVersion.',
    check: eachCsv(function* ({ deployments, permissions, place }, { objects }) {
      const others = objects.some(({ value }) => value['kind'] !== 'ClusterServiceVersion');
      if (others || deployments.length > 0 || permissions.length > 0) return;
      yield { message: 'nothing is installed', path: place('spec', 'install') };
    }),
  },
  {
    id: 'registry-suggested-namespace',
    formats: ['registry'],
    consumers: ['rukpak'],
    holds: 'the namespace that the bundle suggests can be one',
    level: 'warning',
    reason: `rukpak installs into it where the BundleDeployment names none: that of ${suggested}, else <package>-system (pkg/convert/registryv1.go, Convert).`,
    remedy: `Write a namespace into the annotation ${suggested}: small letters, digits and -, at most 63.`,
    check: eachCsv(function* ({ value, place }, { tree }) {
      const written = textField(value, 'metadata', 'annotations', suggested) ?? '';
      const namespace = written || `${packageOf(annotationsOf(tree))}-system`;
      if (isLabel(namespace) || namespace === '-system') return;
      const message = `the namespace would be ${show(namespace)}`;
      yield { message, path: place('metadata', 'annotations', suggested) };
    }),
  },
  {
    id: 'csv-strategy',
    formats: ['registry'],
    holds: 'the install strategy is deployment, and has deployments',
    level: 'warning',
    reason: 'Neither unpacker knows another strategy; without deployments nothing would run.',
    remedy: 'Set spec.install.strategy: deployment, and name the deployments of the operator.',
    check: eachCsv(function* ({ value, deployments, place }) {
      const strategy = writtenField(value, 'spec', 'install', 'strategy');
      if (strategy !== 'deployment') {
        yield { message: `the install strategy is ${show(strategy)}`, path: place('spec', 'install', 'strategy') };
      }
      if (deployments.length > 0) return;
      yield { message: 'there are no deployments', path: place('spec', 'install', 'spec', 'deployments') };
    }),
  },
];
