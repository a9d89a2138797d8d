/** `kubectl create secret`, indented, with placeholders for what nobody but the administrator knows. */
export function secretCommand(secret: string, registry: string, namespace: string): string {
  return `    kubectl create secret docker-registry ${secret} -n ${namespace} --docker-server=${serverOf(registry)} \\
      --docker-username='<user>' --docker-password='<password>'
`;
}

/** What logins to Docker Hub go by in a secret. */
function serverOf(registry: string): string {
  return ['docker.io', 'index.docker.io', 'registry-1.docker.io'].includes(registry)
    ? 'https://index.docker.io/v1/'
    : registry;
}

/** What is to be known of `replacePatch` before it is typed. */
export const replacing = 'This replaces all that the account lists in imagePullSecrets';

/** The list is one value to the API server: a patch puts its own in place of it. */
export function replacePatch(account: string, secret: string, namespace: string): string {
  return `    kubectl patch serviceaccount ${account} -n ${namespace} -p '{"imagePullSecrets": [{"name": "${secret}"}]}'
`;
}

/** Of `addPatch`. */
export const adding =
  'and this adds to the list (it fails where there is none yet, and then the line above does no harm)';

export function addPatch(account: string, secret: string, namespace: string): string {
  return `    kubectl patch serviceaccount ${account} -n ${namespace} --type=json \\
      -p '[{"op": "add", "path": "/imagePullSecrets/-", "value": {"name": "${secret}"}}]'
`;
}
