import { accessManifest, deploymentManifest } from './manifests.ts';
import { customResourceDefinition, imageOf, imageRemark } from './operator.ts';

/** Manifests as they are applied, each with its namespace: by their paths in the project. */
export function plainFiles(name: string): Readonly<Record<string, string>> {
  const workload = { account: name, namespace: `${name}-system`, image: imageOf(name) };
  return {
    'manifests/namespace.yaml': namespace(workload.namespace),
    'manifests/samples.crd.yaml': customResourceDefinition(name),
    'manifests/access.yaml': accessManifest(name, workload),
    'manifests/deployment.yaml': `${imageRemark}\n${deploymentManifest(workload)}`,
  };
}

function namespace(name: string): string {
  return `apiVersion: v1
kind: Namespace
metadata:
  name: ${name}
  labels:
    pod-security.kubernetes.io/enforce: restricted
`;
}
