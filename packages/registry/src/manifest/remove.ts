import type { RegistryClient } from '../client.ts';

/**
 * Deletes a manifest by its digest, with all tags that it has, or a tag alone. OCI distribution-spec § Content
 * Management. False where it was not there. Throws INGOT_REGISTRY_UNSUPPORTED where the registry deletes nothing, or no tags.
 */
export async function removeManifest(client: RegistryClient, reference: string): Promise<boolean> {
  const answer = await client.ask({
    method: 'DELETE',
    path: `manifests/${reference}`,
    what: `delete ${client.named(reference)}`,
    expect: [202, 200, 204, 404],
    push: true,
    scope: new Map([[`repository:${client.endpoint.repository}`, new Set(['pull', 'push', 'delete'])]]),
  });
  return answer.status !== 404;
}
