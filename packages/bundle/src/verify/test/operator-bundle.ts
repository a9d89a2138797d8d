import { bundleLabels } from '../../registry/labels.ts';
import type { BundleTree } from '../../tree/tree.ts';
import { treeOf, type SampleEntry, type SampleOptions } from './tree-of.ts';

/** A sound ClusterServiceVersion, which rukpak and OLM v1 install. */
export const soundCsv = `apiVersion: operators.coreos.com/v1alpha1
kind: ClusterServiceVersion
metadata:
  name: hello.v1.0.0
  annotations:
    alm-examples: '[{ "apiVersion": "example.com/v1", "kind": "Hello" }]'
spec:
  displayName: Hello
  version: 1.0.0
  minKubeVersion: 1.26.0
  install:
    strategy: deployment
    spec:
      deployments:
        - name: hello-operator
          spec:
            replicas: 1
            selector:
              matchLabels: { app: hello }
            template:
              metadata:
                labels: { app: hello }
              spec:
                serviceAccountName: hello-operator
                containers:
                  - name: operator
                    image: registry.example/hello@sha256:${'0'.repeat(64)}
      permissions:
        - serviceAccountName: hello-operator
          rules:
            - apiGroups: ['']
              resources: [configmaps]
              verbs: [get]
      clusterPermissions:
        - serviceAccountName: hello-operator
          rules:
            - nonResourceURLs: [/metrics]
              verbs: [get]
  installModes:
    - type: OwnNamespace
      supported: false
    - type: AllNamespaces
      supported: true
  customresourcedefinitions:
    owned:
      - name: hellos.example.com
        kind: Hello
        version: v1
`;

export const soundCrd = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: hellos.example.com
spec:
  group: example.com
  scope: Namespaced
  names: { kind: Hello, listKind: HelloList, plural: hellos, singular: hello }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema: { type: object }
`;

export const soundService = `apiVersion: v1
kind: Service
metadata:
  name: hello-metrics
spec:
  ports: [{ port: 8443 }]
`;

const labels = bundleLabels({ package: 'hello', channels: ['stable', 'beta'], defaultChannel: 'stable' });

export const soundAnnotations = `annotations:
${Object.entries(labels)
  .map(([key, value]) => `  ${key}: ${value}\n`)
  .join('')}`;

export const csvPath = 'manifests/hello.clusterserviceversion.yaml';
export const crdPath = 'manifests/hellos.example.com.crd.yaml';
export const annotationsPath = 'metadata/annotations.yaml';

/** A sound bundle of format registry, as an image with its labels; but for the files that are given. */
export function operatorBundle(files: Readonly<Record<string, SampleEntry>> = {}, options?: SampleOptions): BundleTree {
  const sound = {
    [csvPath]: soundCsv,
    [crdPath]: soundCrd,
    'manifests/service.yaml': soundService,
    [annotationsPath]: soundAnnotations,
  };
  return treeOf({ ...sound, ...files }, { labels, ...options });
}

/** `path:line:column` of the first such text in a file. */
export function placeOf(path: string, text: string, wanted: string): string {
  const offset = text.indexOf(wanted);
  if (offset < 0) throw new Error(`the sample has no ${wanted}`);
  const lines = text.slice(0, offset).split('\n');
  return `${path}:${lines.length}:${lines.at(-1)!.length + 1}`;
}
