/** Manifests that keep every rule of the plain format. */
export const soundConfigMap = `apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: hello-system
  labels: { app: hello }
  annotations: { 'example.com/Note': 'yes' }
data:
  a: b
`;

export const soundCrd = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: hellos.example.com
spec:
  group: example.com
  scope: Namespaced
  names:
    kind: Hello
    plural: hellos
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          apiVersion: { type: string }
          metadata: { type: object }
          spec:
            type: object
            properties:
              port: { x-kubernetes-int-or-string: true, anyOf: [{ type: integer }, { type: string }] }
              names: { type: array, items: { type: string } }
              labels: { type: object, additionalProperties: { type: string } }
              any: { x-kubernetes-preserve-unknown-fields: true }
            anyOf:
            - required: [port]
            - properties:
                names: { minItems: 1 }
`;

export const soundRole = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: 'hello:System' }
rules: []
`;

/** A plain bundle, by path: change a file, or add one. */
export const soundPlain: Readonly<Record<string, string>> = {
  'manifests/config.yaml': soundConfigMap,
  'manifests/crd.yaml': soundCrd,
  'manifests/role.yaml': soundRole,
};
