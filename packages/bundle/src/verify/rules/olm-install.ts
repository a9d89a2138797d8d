import { serviceAccountOf } from '../../registry/csv.ts';
import { show, writtenField } from '../../yaml/field.ts';
import type { Rule } from '../rule.ts';
import { eachCsv } from './each-csv.ts';
import { crdsOf, nameOf } from './registry-crds.ts';

/** What OLM v1 alone asks of a bundle (operator-controller of 2026-08, internal/operator-controller). */
export const olmInstallRules: readonly Rule[] = [
  {
    id: 'olm-install-modes',
    formats: ['registry'],
    consumers: ['olm'],
    holds: 'the install mode AllNamespaces is supported',
    level: 'error',
    reason:
      'OLM v1 refuses a bundle that cannot watch all namespaces; one that supports SingleNamespace or OwnNamespace it takes where its feature gate SingleOwnNamespaceInstallSupport is on, which it is not by itself (applier/provider.go, RegistryV1ManifestProvider.Get; features.go).',
    remedy: 'Let the operator watch all namespaces, and set supported: true for AllNamespaces in spec.installModes.',
    check: eachCsv(function* ({ installModes, place }) {
      if (installModes.has('AllNamespaces')) return;
      const gated = installModes.has('SingleNamespace') || installModes.has('OwnNamespace');
      const found = installModes.size === 0 ? 'no install mode is' : `only ${[...installModes].join(', ')} is`;
      const path = place('spec', 'installModes');
      yield { message: `${found} supported`, path, level: gated ? 'warning' : 'error' };
    }),
  },
  {
    id: 'olm-crd-names',
    formats: ['registry'],
    consumers: ['olm'],
    holds: 'no two CustomResourceDefinitions have one name',
    level: 'error',
    reason: 'OLM v1 refuses the bundle (validators.go, CheckCRDResourceUniqueness).',
    remedy: 'Keep one of them.',
    *check({ objects }) {
      const seen = new Set<string>();
      for (const crd of crdsOf(objects)) {
        const name = nameOf(crd);
        if (seen.has(name)) yield { message: `${show(name)} is there twice`, path: crd.place('metadata', 'name') };
        seen.add(name);
      }
    },
  },
  {
    id: 'olm-service-accounts',
    formats: ['registry'],
    consumers: ['olm'],
    holds: 'every deployment has a ServiceAccount that permissions name',
    level: 'warning',
    reason:
      'OLM v1 makes ServiceAccounts of permissions and clusterPermissions alone (generators.go, BundleCSVServiceAccountGenerator); without one no pod starts. rukpak makes those of deployments too.',
    remedy: 'Name the ServiceAccount in a permission, or put it into manifests/.',
    check: eachCsv(function* ({ deployments, permissions }, { objects }) {
      const made = new Set([
        'default',
        ...permissions.map((one) => serviceAccountOf(one)),
        ...objects.filter(({ value }) => value['kind'] === 'ServiceAccount').map(nameOf),
      ]);
      for (const deployment of deployments) {
        const keys = ['spec', 'template', 'spec'];
        const name = serviceAccountOf(deployment, ...keys);
        if (made.has(name)) continue;
        const message = `${writtenField(deployment.value, 'name')} runs as ${name}, which nothing makes`;
        yield { message, path: deployment.place(...keys, 'serviceAccountName') };
      }
    }),
  },
];
