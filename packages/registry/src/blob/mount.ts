import { repositoryScope } from '../auth/scope.ts';
import { RegistryError } from '../error.ts';
import { TransientError } from '../transport/transient.ts';
import type { Descriptor } from '@ingot/content';
import type { RegistryClient } from '../client.ts';
import type { Answer } from '../transport/answer.ts';

/**
 * Has the registry take the blob from another of its repositories. OCI distribution-spec § Mounting a blob. Undefined
 * where it would not hear of it; an upload that it has opened instead is given back.
 */
export async function mountBlob(
  client: RegistryClient,
  { digest }: Descriptor,
  repository: string,
): Promise<'mounted' | Answer | undefined> {
  const query = new URLSearchParams({ mount: digest, from: repository });
  const url = client.url('blobs/uploads/');
  url.search = query.toString();
  try {
    const answer = await client.ask({
      method: 'POST',
      path: url,
      what: `mount blob ${digest} from ${repository} to ${client.name}`,
      expect: [201, 202],
      push: true,
      retry: false,
      scope: repositoryScope(repository, 'pull'),
    });
    return answer.status === 201 ? 'mounted' : answer;
  } catch (error) {
    // Whether it may be pushed to at all, and whether the registry works, is for the upload to find out.
    if (error instanceof TransientError || (error instanceof RegistryError && error.status !== undefined))
      return undefined;
    throw error;
  }
}
