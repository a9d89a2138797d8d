import { clusterRules, customResourceDefinition, deploymentSpec, groupOf, imageOf } from './operator.ts';
import { imageRemark, indented, ownRules, version } from './operator.ts';

/** A ClusterServiceVersion and what it owns: by their paths in the project. */
export function registryFiles(name: string): Readonly<Record<string, string>> {
  return {
    [`manifests/${name}.clusterserviceversion.yaml`]: clusterServiceVersion(name),
    'manifests/samples.crd.yaml': customResourceDefinition(name),
  };
}

function clusterServiceVersion(name: string): string {
  return `apiVersion: operators.coreos.com/v1alpha1
kind: ClusterServiceVersion
metadata:
  # Catalogs know a version by this name: it changes with spec.version.
  name: ${name}.v${version}
  annotations:
    capabilities: Basic Install
    operatorframework.io/suggested-namespace: ${name}-system
    alm-examples: |-
      [
        {
          "apiVersion": "${groupOf(name)}/v1alpha1",
          "kind": "Sample",
          "metadata": { "name": "sample" },
          "spec": { "replicas": 1 }
        }
      ]
spec:
  displayName: ${name}
  description: Looks after samples.
  version: ${version}
  maturity: alpha
  keywords: [sample]
  provider:
    name: Example
  # rukpak installs for all namespaces, and so does OLM v1.
  installModes:
    - type: OwnNamespace
      supported: false
    - type: SingleNamespace
      supported: false
    - type: MultiNamespace
      supported: false
    - type: AllNamespaces
      supported: true
  customresourcedefinitions:
    owned:
      - name: samples.${groupOf(name)}
        kind: Sample
        version: v1alpha1
        displayName: Sample
        description: Something to look after.
  install:
    strategy: deployment
    spec:
      clusterPermissions:
        - serviceAccountName: ${name}
          rules:
${indented(clusterRules(name), 12)}      permissions:
        - serviceAccountName: ${name}
          rules:
${indented(ownRules, 12)}      ${imageRemark}
      deployments:
        - name: ${name}
          spec:
${indented(deploymentSpec({ account: name, image: imageOf(name) }), 12)}`;
}
