/** Kinds of a registry+v1 bundle that have a namespace, and that have none: operator-registry, supported_resources.go. */
const namespaced = [
  'ClusterServiceVersion',
  'ConfigMap',
  'NetworkPolicy',
  'PodDisruptionBudget',
  'PodMonitor',
  'PrometheusRule',
  'Role',
  'RoleBinding',
  'Secret',
  'Service',
  'ServiceAccount',
  'ServiceMonitor',
];
const clusterWide = [
  'ClusterRole',
  'ClusterRoleBinding',
  'ConsoleCLIDownload',
  'ConsoleLink',
  'ConsolePlugin',
  'ConsoleQuickStart',
  'ConsoleYAMLSample',
  'CustomResourceDefinition',
  'PriorityClass',
  // It has one, but counts as if it had none.
  'VerticalPodAutoscaler',
];

export const supportedKinds: readonly string[] = [...namespaced, ...clusterWide].sort();

/** Those whose namespace becomes that of the installation; the ClusterServiceVersion itself is not installed. */
export const namespacedKinds: ReadonlySet<string> = new Set(namespaced.slice(1));

export function isSupportedKind(kind: string): boolean {
  return supportedKinds.includes(kind);
}
