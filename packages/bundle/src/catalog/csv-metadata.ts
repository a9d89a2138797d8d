import type { ManifestObject } from '../kubernetes/manifest.ts';
import type { Property } from './blobs.ts';
import { typedValue, type Field, type Shape } from './typed-value.ts';

const text: Field = { shape: 'text' };
const name: Field = { shape: 'text', always: true };
const fields = (of: Readonly<Record<string, Field>>): Shape => ({ fields: of });
const list = (shape: Shape): Field => ({ shape: { list: shape } });

// pkg/operators/v1alpha1/clusterserviceversion_types.go of operator-framework/api.

const resources = list(fields({ name, kind: name, version: name }));

const descriptors = list(
  fields({
    path: name,
    displayName: text,
    description: text,
    'x-descriptors': list('text'),
    value: { shape: 'any' },
  }),
);

const described = {
  displayName: text,
  description: text,
  resources,
  statusDescriptors: descriptors,
  specDescriptors: descriptors,
  actionDescriptors: descriptors,
};

const customResources = list(fields({ name, version: name, kind: name, ...described }));

const apiServices = list(
  fields({
    name,
    group: name,
    version: name,
    kind: name,
    deploymentName: text,
    containerPort: { shape: 'number' },
    ...described,
  }),
);

const link = fields({ name: text, url: text });

/** Of the `olm.csv.metadata` property (CSVMetadata in alpha/property/property.go); `from` is its key in the CSV's spec. */
const shape = fields({
  annotations: { shape: { texts: true } },
  apiServiceDefinitions: {
    from: 'apiservicedefinitions',
    shape: fields({ owned: apiServices, required: apiServices }),
    always: true,
  },
  crdDescriptions: {
    from: 'customresourcedefinitions',
    shape: fields({ owned: customResources, required: customResources }),
    always: true,
  },
  description: text,
  displayName: text,
  installModes: list(fields({ type: name, supported: { shape: 'boolean', always: true } })),
  keywords: list('text'),
  labels: { shape: { texts: true } },
  links: list(link),
  maintainers: list(fields({ name: text, email: text })),
  maturity: text,
  minKubeVersion: text,
  nativeAPIs: list(fields({ group: name, version: name, kind: name })),
  provider: { shape: link, always: true },
});

/**
 * What user interfaces show of a bundle: the CSV without what installs it. The annotations and labels are those of the
 * CSV itself, not of its spec. Throws INGOT_CATALOG_BUNDLE where a value is of another type than OLM reads.
 */
export function csvMetadata(csv: ManifestObject): Property {
  const { spec, metadata } = csv.value as Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
  const values = { ...spec, annotations: metadata?.['annotations'], labels: metadata?.['labels'] };
  const place = (keys: readonly (string | number)[]) =>
    csv.place(keys[0] === 'annotations' || keys[0] === 'labels' ? 'metadata' : 'spec', ...keys);
  return { type: 'olm.csv.metadata', value: typedValue(values, shape, { keys: [], place }) };
}
