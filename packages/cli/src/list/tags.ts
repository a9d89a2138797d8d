import { accessTo } from '../access.ts';
import { answer } from '../answer.ts';
import { withRegistries } from '../with-registries.ts';
import type { Reference } from '@ingot/registry/reference';
import type { Terminal, VerbValues } from '../verb.ts';

/** Lists the tags of a repository, in the registry's order. Throws the registry's errors. */
export async function listTags(reference: Reference, values: VerbValues, terminal: Terminal): Promise<void> {
  const { registry, repository } = reference;
  const tags = await withRegistries(terminal, async (network) => {
    const remote = await network.repository(reference, accessTo(registry, values, terminal));
    return Array.fromAsync(remote.tags());
  });
  answer(terminal, values, { repository: `${registry}/${repository}`, tags }, tags);
}
