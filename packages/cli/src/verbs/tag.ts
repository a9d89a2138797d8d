import { formatReference } from '@ingot/registry/reference';
import { accessOptions, accessTo } from '../access.ts';
import { answer, jsonOption } from '../answer.ts';
import { UsageError } from '../error.ts';
import { registryArgument } from '../registry-argument.ts';
import { storeOption, storePathOption } from '../store/store-path.ts';
import { tagInStore } from '../store/tag-in-store.ts';
import { withRegistries } from '../with-registries.ts';
import type { Verb } from '../verb.ts';

export const tag: Verb = {
  name: 'tag',
  synopsis: '<docker://ref> <tag…> | --store-path <folder> <ref or digest> <full ref>  [--json]',
  summary: 'Gives an image of a registry more tags, there: nothing but its manifest is sent. Or one of a store a name.',
  options: { json: jsonOption, 'store-path': storePathOption, ...accessOptions },
  examples: [
    'ingot tag docker://registry.example/team/tool:1.0.3 1.0 1 latest',
    'ingot tag --store-path ./onmetal f0dcfde4f8b4 registry.example/team/os:1.0',
  ],

  async run(args, terminal) {
    const { values, positionals } = args;
    const store = storeOption(values, terminal);
    if (store !== undefined) {
      await tagInStore(this, args, store, terminal);
      return 0;
    }
    const [text, ...tags] = positionals;
    const reference = registryArgument(this, text);
    if (tags.length === 0) throw new UsageError('name a new tag', `Usage: ingot ${this.name} ${this.synopsis}`);
    for (const one of tags) checkTag(one);
    const { registry, repository } = reference;
    const digest = await withRegistries(terminal, async (network) => {
      const remote = await network.repository(reference, accessTo(registry, values, terminal));
      const { descriptor, bytes } = await remote.manifest();
      for (const one of tags) await remote.tag(descriptor, bytes, one);
      return descriptor.digest;
    });
    const references = tags.map((one) => formatReference({ registry, repository, tag: one }));
    answer(
      terminal,
      values,
      { digest, references },
      references.map((one) => `${one}@${digest}`),
    );
    return 0;
  },
};

/** All are checked before the first one is given. OCI distribution-spec § Pulling manifests. */
function checkTag(text: string): void {
  if (/^\w[\w.-]{0,127}$/.test(text)) return;
  const isReference = /[/:@]/.test(text);
  throw new UsageError(
    `${JSON.stringify(text)} is no tag`,
    isReference
      ? 'A new tag stands alone: it belongs to the same repository. ingot copy brings an image to another one.'
      : 'A tag has letters, digits, "_", "." and "-", at most 128 of them, and begins with neither "." nor "-".',
  );
}
