import type { Shape } from './shape.ts';

const texts: Shape = { list: 'text' };
const map: Shape = { map: 'text' };
const lists = (fields: Readonly<Record<string, Shape>>): Shape => ({ list: { fields } });

const container: Readonly<Record<string, Shape>> = {
  name: 'text',
  image: 'text',
  imagePullPolicy: 'text',
  workingDir: 'text',
  command: texts,
  args: texts,
  env: lists({ name: 'text', value: 'text', valueFrom: { fields: {} } }),
  ports: lists({ name: 'text', containerPort: 'integer', hostPort: 'integer', protocol: 'text' }),
  resources: { fields: { limits: { map: 'any' }, requests: { map: 'any' } } },
  volumeMounts: lists({ name: 'text', mountPath: 'text', subPath: 'text', readOnly: 'boolean' }),
  securityContext: {
    fields: {
      runAsNonRoot: 'boolean',
      runAsUser: 'integer',
      privileged: 'boolean',
      allowPrivilegeEscalation: 'boolean',
    },
  },
};

const podSpec: Shape = {
  fields: {
    containers: lists(container),
    initContainers: lists(container),
    serviceAccountName: 'text',
    nodeSelector: map,
    tolerations: lists({ key: 'text', operator: 'text', value: 'text', effect: 'text', tolerationSeconds: 'integer' }),
    volumes: lists({ name: 'text' }),
    imagePullSecrets: lists({ name: 'text' }),
    terminationGracePeriodSeconds: 'integer',
    hostNetwork: 'boolean',
    priorityClassName: 'text',
    securityContext: { fields: { runAsNonRoot: 'boolean', runAsUser: 'integer', fsGroup: 'integer' } },
  },
};

const metadata: Shape = { fields: { name: 'text', namespace: 'text', labels: map, annotations: map } };
const selector: Shape = {
  fields: { matchLabels: map, matchExpressions: lists({ key: 'text', operator: 'text', values: texts }) },
};

const deployments = lists({
  name: 'text',
  label: map,
  spec: {
    fields: {
      replicas: 'integer',
      minReadySeconds: 'integer',
      revisionHistoryLimit: 'integer',
      progressDeadlineSeconds: 'integer',
      selector,
      template: { fields: { metadata, spec: podSpec } },
    },
  },
});

const permissions = lists({
  serviceAccountName: 'text',
  rules: lists({
    apiGroups: texts,
    resources: texts,
    resourceNames: texts,
    verbs: texts,
    nonResourceURLs: texts,
  }),
});

const descriptors = lists({ path: 'text', displayName: 'text', description: 'text', 'x-descriptors': texts });
const api: Readonly<Record<string, Shape>> = {
  name: 'text',
  version: 'text',
  kind: 'text',
  displayName: 'text',
  description: 'text',
  resources: lists({ name: 'text', kind: 'text', version: 'text' }),
  statusDescriptors: descriptors,
  specDescriptors: descriptors,
  actionDescriptors: descriptors,
};
const apiService = { ...api, group: 'text', deploymentName: 'text', containerPort: 'integer' } as const;
const owners = (fields: Readonly<Record<string, Shape>>): Shape => ({
  fields: { owned: lists(fields), required: lists(fields) },
});

const webhooks = lists({
  generateName: 'text',
  type: 'text',
  deploymentName: 'text',
  containerPort: 'integer',
  rules: lists({ apiGroups: texts, apiVersions: texts, resources: texts, operations: texts, scope: 'text' }),
  failurePolicy: 'text',
  matchPolicy: 'text',
  objectSelector: selector,
  sideEffects: 'text',
  timeoutSeconds: 'integer',
  admissionReviewVersions: texts,
  reinvocationPolicy: 'text',
  webhookPath: 'text',
  conversionCRDs: texts,
});

/** The keys of a ClusterServiceVersion's `spec` (operator-framework/api, clusterserviceversion_types.go). */
export const specFields = {
  install: {
    fields: { strategy: 'text', spec: { fields: { deployments, permissions, clusterPermissions: permissions } } },
  },
  version: 'text',
  release: 'text',
  maturity: 'text',
  customresourcedefinitions: owners(api),
  apiservicedefinitions: owners(apiService),
  webhookdefinitions: webhooks,
  nativeAPIs: lists({ group: 'text', version: 'text', kind: 'text' }),
  minKubeVersion: 'text',
  displayName: 'text',
  description: 'text',
  keywords: texts,
  maintainers: lists({ name: 'text', email: 'text' }),
  provider: { fields: { name: 'text', url: 'text' } },
  links: lists({ name: 'text', url: 'text' }),
  icon: lists({ base64data: 'text', mediatype: 'text' }),
  installModes: lists({ type: 'text', supported: 'boolean' }),
  replaces: 'text',
  labels: map,
  annotations: map,
  selector,
  cleanup: { fields: { enabled: 'boolean' } },
  skips: texts,
  relatedImages: lists({ name: 'text', image: 'text' }),
} as const satisfies Readonly<Record<string, Shape>>;

/** What of a ClusterServiceVersion goes into Go types; of pods, what people write most. */
export const csvShape: Shape = { fields: { metadata, spec: { fields: specFields } } };
