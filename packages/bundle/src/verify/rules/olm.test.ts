import { describe, expect, it } from 'vitest';

import { crdPath, csvPath, operatorBundle, placeOf, soundCrd, soundCsv } from '../test/operator-bundle.ts';
import { type SampleEntry } from '../test/tree-of.ts';
import { faults, holding } from '../test/verdict.ts';
import { olmRules as rules } from './olm.ts';

const judge = (files: Record<string, SampleEntry>) =>
  faults(operatorBundle(files), 'registry', { rules, consumers: ['olm'] });

const webhooks = `webhookdefinitions:
    - generateName: mhello.example.com
      type: MutatingAdmissionWebhook
      deploymentName: hello-operator
      containerPort: 443
      sideEffects: None
      admissionReviewVersions: [v1]
      rules:
        - apiGroups: [example.com]
          resources: [hellos]
    - generateName: chello.example.com
      type: ConversionWebhook
      deploymentName: hello-operator
      containerPort: 443
      admissionReviewVersions: [v1]
      conversionCRDs: [hellos.example.com]
  installModes:`;
const withWebhooks = soundCsv.replace('installModes:', webhooks);
const needsCertificates = `warning olm-webhooks ${placeOf(csvPath, withWebhooks, 'generateName')}`;

describe('a sound bundle', () => {
  it('keeps every rule', () => {
    expect(judge({})).toEqual([]);
  });

  it('keeps every rule with webhooks, but for the certificates', () => {
    expect(judge({ [csvPath]: withWebhooks })).toEqual([needsCertificates]);
    const held = holding(operatorBundle({ [csvPath]: withWebhooks }), 'registry', { rules, consumers: ['olm'] });
    expect(held).toEqual(rules.map(({ id }) => id).filter((id) => id !== 'olm-webhooks'));
  });

  it('is not judged where OLM does not unpack it', () => {
    const tree = operatorBundle({ [csvPath]: withWebhooks });
    expect(holding(tree, 'registry', { rules, consumers: ['rukpak'] })).toEqual([]);
  });
});

/** A part of the ClusterServiceVersion is another: the rule that does not hold, and the text where that is told. */
type Edit = [from: string, to: string, found: string, wanted: string];

const edited = (sound: string) => (from: string, to: string, found: string, wanted: string) => {
  const text = sound.replace(from, to);
  expect(text).not.toBe(sound);
  const others = sound === withWebhooks ? [needsCertificates.split(' ').slice(0, 2).join(' ')] : [];
  expect(judge({ [csvPath]: text })).toEqual(
    [...others, `${found} ${placeOf(csvPath, text, wanted)}`].map((line) => expect.stringContaining(line) as string),
  );
};

describe('what OLM v1 alone asks for', () => {
  it.each<Edit>([
    ['supported: true', 'supported: false', 'error olm-install-modes', 'installModes'],
    ['type: AllNamespaces', 'type: MultiNamespace', 'error olm-install-modes', 'installModes'],
    ['type: AllNamespaces', 'type: SingleNamespace', 'warning olm-install-modes', 'installModes'],
    [
      'serviceAccountName: hello-operator',
      'serviceAccountName: other',
      'warning olm-service-accounts',
      'serviceAccountName',
    ],
    ['    owned:', '    required: [{ name: a.b, kind: A }]\n    owned:', 'error olm-dependencies', 'name: a.b'],
  ])('%j is %j', edited(soundCsv));

  it('one CustomResourceDefinition of each name', () => {
    expect(judge({ 'manifests/z.yaml': soundCrd })).toEqual(['error olm-crd-names manifests/z.yaml:4:3']);
  });

  it('ServiceAccounts may be in manifests/', () => {
    const files = {
      [csvPath]: soundCsv.replace('serviceAccountName: hello-operator', 'serviceAccountName: other'),
      'manifests/a.yaml': 'apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: other }\n',
    };
    expect(judge(files)).toEqual([]);
  });

  it.each<[string, string, string[]]>([
    [
      'dependencies.yaml',
      'dependencies:\n  - type: olm.gvk\n    value: {}\n',
      ['error olm-dependencies metadata/dependencies.yaml:2:5'],
    ],
    ['dependencies.yaml', 'dependencies:\n  - type: olm.label\n    value: {}\n', []],
    [
      'properties.yaml',
      'properties:\n  - value: {}\n    type: olm.constraint\n',
      ['error olm-dependencies metadata/properties.yaml:3:5'],
    ],
    ['properties.yaml', 'properties:\n  - type: olm.maxOpenShiftVersion\n    value: a\n', []],
  ])('no dependencies in %s: %j', (name, text, found) => {
    expect(judge({ [`metadata/${name}`]: text })).toEqual(found);
  });
});

describe('webhooks', () => {
  it.each<Edit>([
    ['type: MutatingAdmissionWebhook', 'type: Mutating', 'error olm-webhook-types', 'type: Mutating'],
    ['deploymentName: hello-operator', 'deploymentName: other', 'error olm-webhook-deployments', 'deploymentName'],
    ['mhello.example.com', 'mhello.com', 'error olm-webhook-names', 'generateName'],
    ['mhello.example.com', 'MHello.example.com', 'error olm-webhook-names', 'generateName'],
    ['chello.example.com', 'chello-', 'error olm-webhook-names', 'generateName: chello-'],
    ['apiGroups: [example.com]', "apiGroups: ['*']", 'error olm-webhook-rules', "'*'"],
    [
      'apiGroups: [example.com]',
      'apiGroups: [olm.operatorframework.io]',
      'error olm-webhook-rules',
      'olm.operatorframework',
    ],
    ['sideEffects: None', 'sideEffects: Some', 'error olm-webhook-settings', 'sideEffects'],
    ['sideEffects: None\n', 'timeoutSeconds: 5\n', 'error olm-webhook-settings', 'generateName'],
    ['admissionReviewVersions: [v1]', 'admissionReviewVersions: [v2]', 'error olm-webhook-settings', 'admissionReview'],
    ['containerPort: 443\n      sideEffects', 'sideEffects', 'error olm-webhook-settings', 'generateName'],
    [
      'type: OwnNamespace\n      supported: false',
      'type: OwnNamespace\n      supported: true',
      'error olm-conversion-modes',
      'installModes',
    ],
    [
      'conversionCRDs: [hellos.example.com]',
      'conversionCRDs: [a.example.com]',
      'error olm-conversion-owned',
      'a.example.com',
    ],
    [
      'conversionCRDs: [hellos.example.com]',
      'conversionCRDs: [hellos.example.com, hellos.example.com]',
      'error olm-conversion-once',
      'hellos.example.com]',
    ],
  ])('%j is %j', edited(withWebhooks));

  it.each(['validatingwebhookconfigurations', 'MutatingWebhookConfiguration', '"*"'])(
    'none may be for %s themselves',
    (resource) => {
      const text = withWebhooks
        .replace('apiGroups: [example.com]', 'apiGroups: [admissionregistration.k8s.io]')
        .replace('resources: [hellos]', `resources: [${resource}]`);
      expect(judge({ [csvPath]: text })).toEqual([
        needsCertificates,
        `error olm-webhook-rules ${placeOf(csvPath, text, 'admissionregistration')}`,
      ]);
    },
  );

  it('no two of a type have one name', () => {
    const text = withWebhooks.replace('chello.example.com', 'mhello.example.com');
    expect(judge({ [csvPath]: text })).toEqual([needsCertificates]);
    const twice = text.replace('ConversionWebhook', 'MutatingAdmissionWebhook');
    expect(judge({ [csvPath]: twice })).toContain(
      `error olm-webhook-names ${placeOf(csvPath, twice, 'generateName: mhello.example.com\n      type: MutatingAdmissionWebhook\n      deploymentName: hello-operator\n      containerPort: 443\n      admission')}`,
    );
  });

  it.each([`h${'e'.repeat(55)}`, '1hello'])('the Service of the deployment %s cannot be made', (name) => {
    const text = withWebhooks
      .replace('- name: hello-operator', `- name: ${name}`)
      .replaceAll('deploymentName: hello-operator', `deploymentName: ${name}`);
    expect(judge({ [csvPath]: text })).toEqual(
      [needsCertificates, `error olm-webhook-services ${placeOf(csvPath, text, `name: ${name}`)}`].map(
        (line) => expect.stringContaining(line.split(' ').slice(0, 2).join(' ')) as string,
      ),
    );
  });

  it.each([`h${'e'.repeat(54)}`, `h${'e'.repeat(56)}`])('the Service of the deployment %s can be made', (name) => {
    const text = withWebhooks
      .replace('- name: hello-operator', `- name: ${name}`)
      .replaceAll('deploymentName: hello-operator', `deploymentName: ${name}`);
    expect(judge({ [csvPath]: text })).toHaveLength(1);
  });

  it('what is converted preserves no unknown fields', () => {
    const crd = soundCrd.replace('  scope', '  preserveUnknownFields: true\n  scope');
    expect(judge({ [csvPath]: withWebhooks, [crdPath]: crd })).toEqual([
      needsCertificates,
      `error olm-conversion-fields ${placeOf(crdPath, crd, 'preserveUnknownFields')}`,
    ]);
  });
});
