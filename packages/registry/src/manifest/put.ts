import { digestOf } from '@ingot/content';
import { RegistryError } from '../error.ts';
import { header } from '../transport/answer.ts';
import { placeOf } from '../transport/place.ts';
import type { Descriptor } from '@ingot/content';
import type { RegistryClient } from '../client.ts';

/**
 * Pushes a manifest's bytes under a tag or its digest. True where the registry took note of its subject (OCI-Subject).
 * OCI distribution-spec § Pushing manifests. Throws INGOT_REGISTRY_DIGEST where it says it has other bytes.
 */
export async function putManifest(
  client: RegistryClient,
  { mediaType, digest }: Pick<Descriptor, 'mediaType' | 'digest'>,
  bytes: Uint8Array,
  reference: string,
): Promise<boolean> {
  if (digestOf(bytes) !== digest) {
    throw new RegistryError('INGOT_REGISTRY_DIGEST', `the bytes to push as ${digest} are others`, { digest });
  }
  const answer = await client.ask({
    method: 'PUT',
    path: `manifests/${reference}`,
    what: `push the manifest ${client.named(reference)}`,
    // Some answer 202 or 200, against the specification.
    expect: [201, 202, 200],
    headers: { 'content-type': mediaType },
    body: bytes,
    push: true,
  });
  const said = header(answer, 'docker-content-digest');
  if (said !== undefined && said.startsWith('sha256:') && said !== digest) {
    throw new RegistryError('INGOT_REGISTRY_DIGEST', `${placeOf(answer.url)} has ${said} where ${digest} was pushed`, {
      digest,
      help: 'Something on the way, or the registry itself, changes manifests.',
    });
  }
  return header(answer, 'oci-subject') !== undefined;
}
