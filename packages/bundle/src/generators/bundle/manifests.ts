import { clusterRules, deploymentSpec, indented, ownRules, type Workload } from './operator.ts';

/** The operator's account and rights, as manifests; a ClusterServiceVersion says them in its own way. */
export function accessManifest(name: string, { account, namespace }: Workload): string {
  const place = `\n  namespace: ${namespace}`;
  return `apiVersion: v1
kind: ServiceAccount
metadata:
  name: ${account}
  namespace: ${namespace}
---
${role('ClusterRole', account, '', clusterRules(name))}---
${binding('ClusterRole', account, '', namespace)}---
${role('Role', account, place, ownRules)}---
${binding('Role', account, place, namespace)}`;
}

type RoleKind = 'Role' | 'ClusterRole';

function role(kind: RoleKind, account: string, place: string, rules: string): string {
  return `apiVersion: rbac.authorization.k8s.io/v1
kind: ${kind}
metadata:
  name: ${account}${place}
rules:
${indented(rules, 2)}`;
}

function binding(kind: RoleKind, account: string, place: string, namespace: string): string {
  return `apiVersion: rbac.authorization.k8s.io/v1
kind: ${kind}Binding
metadata:
  name: ${account}${place}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ${kind}
  name: ${account}
subjects:
  - kind: ServiceAccount
    name: ${account}
    namespace: ${namespace}
`;
}

export function deploymentManifest(workload: Workload): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${workload.account}
  namespace: ${workload.namespace}
spec:
${indented(deploymentSpec(workload), 2)}`;
}
