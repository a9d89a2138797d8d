import { discard, lengthOf } from '../transport/answer.ts';
import type { Descriptor } from '@ingot/content';
import type { RegistryClient } from '../client.ts';

/**
 * What a presigned URL for GET answers to HEAD: the registry that redirects there has the blob. Storage that does not
 * have it answers 404.
 */
const presigned = [400, 403, 405];

/** True where the repository has the blob, of the right size. */
export async function hasBlob(client: RegistryClient, descriptor: Descriptor, retry = true): Promise<boolean> {
  const { digest, size } = descriptor;
  const answer = await client.send({
    method: 'HEAD',
    path: `blobs/${digest}`,
    what: `look for blob ${digest} in ${client.name}`,
    expect: [200, 404, 405],
    elsewhere: presigned,
    retry,
  });
  await discard(answer);
  if (answer.status === 404) return false;
  // Who does not answer HEAD gets the blob again.
  if (answer.status === 405 && answer.url.origin === client.endpoint.origin.origin) return false;
  const length = lengthOf(answer);
  return length === undefined || length === size || answer.status !== 200;
}
