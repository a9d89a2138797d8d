import { RegistryError } from './error.ts';
import { pages } from './paged.ts';
import { placeOf } from './transport/place.ts';
import type { RegistryClient } from './client.ts';

/** OCI distribution-spec § Pulling manifests. */
export const tagSyntax = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

/** What most registries give at once at most. */
const pageSize = 1000;

/** All tags of the repository. OCI distribution-spec § Listing Tags. Throws INGOT_REGISTRY_ANSWER. */
export async function* listTags(client: RegistryClient): AsyncGenerator<string, void, undefined> {
  const call = {
    method: 'GET',
    path: `tags/list?n=${pageSize}`,
    what: `list the tags of ${client.name}`,
    expect: [200],
    headers: { accept: 'application/json' },
  } as const;
  for await (const { answer, value } of pages(client, call)) {
    const page = value as { tags?: unknown } | null | undefined;
    if (page === undefined) throw notTags(answer.url);
    // Registries say null for no tags.
    const tags = page?.tags ?? [];
    if (!Array.isArray(tags)) throw notTags(answer.url);
    for (const tag of tags) {
      if (typeof tag !== 'string' || !tagSyntax.test(tag)) throw notTags(answer.url);
      yield tag;
    }
  }
}

function notTags(url: URL): RegistryError {
  return new RegistryError('INGOT_REGISTRY_ANSWER', `${placeOf(url)} answered with something that is no list of tags`, {
    help: `Is ${url.host} a registry? A proxy, a portal or a web server may have answered instead.`,
  });
}
