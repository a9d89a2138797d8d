import { addPatch, adding, replacePatch, replacing, secretCommand } from './secret-commands.ts';

export interface OlmPullSecretHelp {
  /** The secret's name. */
  readonly secret: string;
  /** The registry's host, with its port where it has one. */
  readonly registry: string;
  /** Of OLM v1's controllers. Default: olmv1-system. */
  readonly namespace?: string;
}

/** catalogd pulls catalogs, operator-controller bundles: each as its own account (helm/olmv1 of operator-controller). */
const accounts = ['catalogd-controller-manager', 'operator-controller-controller-manager'];

/**
 * The same as pullSecretHelp for OLM v1, whose ClusterCatalog and ClusterExtension name no secret: its controllers, from
 * v1.4 on, take those of their service accounts (internal/shared/controllers/pull_secret_controller.go).
 */
export function olmPullSecretHelp({ secret, registry, namespace = 'olmv1-system' }: OlmPullSecretHelp): string {
  const each = (patch: typeof addPatch): string => accounts.map((name) => patch(name, secret, namespace)).join('');
  return `The registry asks for a login? Make the secret, in the namespace of OLM's controllers:

${secretCommand(secret, registry, namespace)}
and give it to the accounts that pull. ${replacing}:

${each(replacePatch)}
${adding}:

${each(addPatch)}`;
}
