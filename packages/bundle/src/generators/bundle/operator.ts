/**
 * What a sample operator is made of, in whichever format it is shipped. These texts are code, not templates, so that no
 * Nx takes them for a project.
 */
export const version = '0.1.0';

/** The API group of what the operator looks after. */
export function groupOf(name: string): string {
  return `${name}.example.com`;
}

/** To be replaced by the operator's. */
export function imageOf(name: string): string {
  return `registry.example/team/${name}:${version}`;
}

/** What stands above it. The words by which an image of a project is named are not in it: they would name one. */
export const imageRemark = '# Nobody has made this image. README.md says how one of this workspace is named.';

export function customResourceDefinition(name: string): string {
  return `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: samples.${groupOf(name)}
spec:
  group: ${groupOf(name)}
  scope: Namespaced
  names:
    kind: Sample
    listKind: SampleList
    plural: samples
    singular: sample
  versions:
    - name: v1alpha1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                replicas:
                  type: integer
                  minimum: 0
            status:
              type: object
              properties:
                ready:
                  type: boolean
      subresources:
        status: {}
`;
}

/** Its rights in the whole cluster: a list, to stand below `rules:`. */
export function clusterRules(name: string): string {
  return `- apiGroups: [${groupOf(name)}]
  resources: [samples, samples/status]
  verbs: [get, list, watch, update, patch]
- apiGroups: [apps]
  resources: [deployments]
  verbs: [get, list, watch, create, update, patch, delete]
- apiGroups: ['']
  resources: [events]
  verbs: [create, patch]
`;
}

/** What it may do in its own namespace: choose a leader among its replicas. */
export const ownRules = `- apiGroups: [coordination.k8s.io]
  resources: [leases]
  verbs: [get, list, watch, create, update, patch, delete]
`;

/** What a Deployment of it is called, where it lies and what it runs; texts of YAML, which a chart has templates for. */
export interface Workload {
  readonly account: string;
  readonly namespace: string;
  readonly image: string;
}

/** The spec of a Deployment, which its pods are found by the account of. */
export function deploymentSpec({ account, image }: Omit<Workload, 'namespace'>): string {
  return `replicas: 1
selector:
  matchLabels:
    app.kubernetes.io/name: ${account}
template:
  metadata:
    labels:
      app.kubernetes.io/name: ${account}
  spec:
    serviceAccountName: ${account}
    securityContext:
      runAsNonRoot: true
      seccompProfile:
        type: RuntimeDefault
    containers:
      - name: operator
        image: ${image}
        securityContext:
          allowPrivilegeEscalation: false
          capabilities:
            drop: [ALL]
        resources:
          requests:
            cpu: 10m
            memory: 64Mi
`;
}

export function indented(text: string, spaces: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(spaces));
}
