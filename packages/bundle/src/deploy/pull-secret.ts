import type { RukpakApi } from './deploy-problems.ts';

export interface PullSecretHelp {
  /** The secret's name. */
  readonly secret: string;
  /** The registry's host, with its port where it has one. */
  readonly registry: string;
  /** Of rukpak's provisioners. Default: rukpak-system. */
  readonly namespace?: string;
  /** Default: v1alpha2. */
  readonly apiVersion?: RukpakApi;
}

/** Where rukpak installs itself: DefaultSystemNamespace in pkg/util/defaults.go. */
export const rukpakNamespace = 'rukpak-system';

/**
 * What an administrator does where the registry asks for a login, as text: the secret, with placeholders for what it
 * holds, and both ways to use it, as rukpak's docs/sources/image.md has them.
 */
export function pullSecretHelp(wanted: PullSecretHelp): string {
  const { secret, registry, namespace = rukpakNamespace, apiVersion = 'v1alpha2' } = wanted;
  const patch = `kubectl patch serviceaccount default -n ${namespace}`;
  return `The registry asks for a login? Make the secret, in the namespace of rukpak's provisioners:

    kubectl create secret docker-registry ${secret} -n ${namespace} --docker-server=${serverOf(registry)} \\
      --docker-username='<user>' --docker-password='<password>'

Method 1: the BundleDeployment names it.

    ${sourceOf[apiVersion]}.pullSecret: ${secret}

Method 2: the service account has it, for every bundle. ${reachOf[apiVersion]}
This replaces all that the account lists in imagePullSecrets:

    ${patch} -p '{"imagePullSecrets": [{"name": "${secret}"}]}'

and this adds to the list (it fails where there is none yet, and then the line above does no harm):

    ${patch} --type=json \\
      -p '[{"op": "add", "path": "/imagePullSecrets/-", "value": {"name": "${secret}"}}]'
`;
}

const sourceOf: Readonly<Record<RukpakApi, string>> = {
  v1alpha1: 'spec.template.spec.source.image',
  v1alpha2: 'spec.source.image',
};

/** Up to v0.20 a pod of that account pulls; since then rukpak itself does (pkg/source/image_registry.go). */
const reachOf: Readonly<Record<RukpakApi, string>> = {
  v1alpha1: 'The pod that unpacks runs as it.',
  v1alpha2: 'Of use up to rukpak v0.20: later ones ask no service account.',
};

/** What logins to Docker Hub go by in a secret. */
function serverOf(registry: string): string {
  return ['docker.io', 'index.docker.io', 'registry-1.docker.io'].includes(registry)
    ? 'https://index.docker.io/v1/'
    : registry;
}
