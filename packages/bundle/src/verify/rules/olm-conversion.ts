import { csvsOf, type Csv, type Part } from '../../registry/csv.ts';
import { listField, show, writtenField } from '../../yaml/field.ts';
import type { Bundle } from '../bundle.ts';
import type { Fault, Rule } from '../rule.ts';
import { eachCsv } from './each-csv.ts';
import { crdsOf, nameOf } from './registry-crds.ts';

/** Webhooks that convert custom resources from one version to another. */
export const olmConversionRules: readonly Rule[] = [
  rule('olm-conversion-modes', 'a bundle with a conversion webhook supports AllNamespaces alone', {
    reason:
      'OLM v1 refuses the bundle (validators.go, CheckConversionWebhookSupport): there is one webhook for the cluster.',
    remedy: 'Set supported: false for the other install modes.',
    *check(webhooks, { installModes, place }) {
      if (installModes.size === 1 && installModes.has('AllNamespaces')) return;
      const modes = [...installModes].sort().join(', ') || 'none';
      for (const { value } of webhooks) {
        const message = `there is a conversion webhook ${writtenField(value, 'generateName')}, and supported are ${modes}`;
        yield { message, path: place('spec', 'installModes') };
      }
    },
  }),
  rule('olm-conversion-owned', 'conversion webhooks are for CustomResourceDefinitions that the bundle owns', {
    reason: 'OLM v1 refuses the bundle (validators.go, CheckConversionWebhooksReferenceOwnedCRDs).',
    remedy: 'Name it under customresourcedefinitions.owned, or take it out of conversionCRDs.',
    *check(webhooks, { ownedCrds }) {
      const owned = new Set(ownedCrds.map(({ value }) => writtenField(value, 'name')));
      for (const [name, path] of converted(webhooks)) {
        if (!owned.has(name)) yield { message: `${show(name)} is converted, and not owned`, path };
      }
    },
  }),
  rule('olm-conversion-once', 'each CustomResourceDefinition has one conversion webhook', {
    reason: 'OLM v1 refuses the bundle (validators.go, CheckConversionWebhookCRDReferenceUniqueness).',
    remedy: 'Name it in one webhook alone.',
    *check(webhooks) {
      const seen = new Set<string>();
      for (const [name, path] of converted(webhooks)) {
        if (seen.has(name)) yield { message: `${show(name)} is converted twice`, path };
        seen.add(name);
      }
    },
  }),
  rule('olm-conversion-fields', 'what is converted has no unknown fields', {
    reason:
      'OLM v1 refuses to set a conversion webhook where spec.preserveUnknownFields is true (generators.go, BundleCRDGenerator).',
    remedy: 'Take preserveUnknownFields: true out of the definition.',
    *check(webhooks, _, { objects }) {
      const names = new Set(converted(webhooks).map(([name]) => name));
      for (const crd of crdsOf(objects)) {
        if (!names.has(nameOf(crd)) || writtenField(crd.value, 'spec', 'preserveUnknownFields') !== 'true') continue;
        yield { message: `${nameOf(crd)} preserves them`, path: crd.place('spec', 'preserveUnknownFields') };
      }
    },
  }),
];

function converted(webhooks: readonly Part[]): [name: string, path: string][] {
  return webhooks.flatMap(({ value, place }) =>
    listField(value, 'conversionCRDs').map((name, at): [string, string] => [String(name), place('conversionCRDs', at)]),
  );
}

interface About {
  readonly reason: string;
  readonly remedy: string;
  readonly check: (webhooks: readonly Part[], csv: Csv, bundle: Bundle) => Iterable<Fault>;
}

/** A rule about the conversion webhooks of each ClusterServiceVersion that has any. */
function rule(id: string, holds: string, { reason, remedy, check }: About): Rule {
  const judged = eachCsv((csv, bundle) => {
    const webhooks = conversions(csv);
    return webhooks.length === 0 ? [] : check(webhooks, csv, bundle);
  });
  return {
    id,
    formats: ['registry'],
    consumers: ['olm'],
    holds,
    level: 'error',
    reason,
    remedy,
    check: (bundle) => (csvsOf(bundle.objects).some((csv) => conversions(csv).length > 0) ? judged(bundle) : undefined),
  };
}

function conversions({ webhooks }: Csv): Part[] {
  return webhooks.filter(({ value }) => writtenField(value, 'type') === 'ConversionWebhook');
}
