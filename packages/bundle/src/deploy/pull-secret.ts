import type { RukpakApi } from './deploy-problems.ts';
import { addPatch, adding, replacePatch, replacing, secretCommand } from './secret-commands.ts';

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
  return `The registry asks for a login? Make the secret, in the namespace of rukpak's provisioners:

${secretCommand(secret, registry, namespace)}
Method 1: the BundleDeployment names it.

    ${sourceOf[apiVersion]}.pullSecret: ${secret}

Method 2: the service account has it, for every bundle. ${reachOf[apiVersion]}
${replacing}:

${replacePatch('default', secret, namespace)}
${adding}:

${addPatch('default', secret, namespace)}`;
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
