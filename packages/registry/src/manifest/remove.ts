import { isDigest } from '@ingot/content';
import { RegistryError } from '../error.ts';
import type { RegistryClient } from '../client.ts';

/**
 * Deletes a manifest by its digest, with all tags that it has, or a tag alone. OCI distribution-spec § Content
 * Management. False where it was not there. Throws INGOT_REGISTRY_UNSUPPORTED where the registry deletes nothing, or no tags.
 */
export async function removeManifest(client: RegistryClient, reference: string): Promise<boolean> {
  try {
    const answer = await client.ask({
      method: 'DELETE',
      path: `manifests/${reference}`,
      what: `delete ${client.named(reference)}`,
      expect: [200, 202, 204, 404],
      push: true,
      scope: new Map([[`repository:${client.endpoint.repository}`, new Set(['pull', 'push', 'delete'])]]),
    });
    return answer.status !== 404;
  } catch (error) {
    throw isDigest(reference) ? error : explained(error);
  }
}

/** What cannot delete a tag alone answers that a tag is no digest (distribution before 3.0), or that it cannot. */
function explained(error: unknown): unknown {
  if (!(error instanceof RegistryError) || (error.status !== 400 && error.code !== 'INGOT_REGISTRY_UNSUPPORTED')) {
    return error;
  }
  return new RegistryError('INGOT_REGISTRY_UNSUPPORTED', error.message, {
    status: error.status ?? 400,
    help: 'This registry deletes no tags alone. Delete the manifest by its digest, and with it all of its tags.',
  });
}
