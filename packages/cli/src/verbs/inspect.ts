import { isIndex, parseIndex, parseManifest, readBlob, selectPlatform } from '@ingot/content';
import { accessOptions } from '../access.ts';
import { answerJson } from '../answer.ts';
import { oneArgument } from '../arguments.ts';
import { imageSource, platformOption } from '../open-image.ts';
import { checkStoreName, storeOption, storePathOption } from '../store/store-path.ts';
import { withRegistries } from '../with-registries.ts';
import type { Descriptor, Fetcher, ImageManifest } from '@ingot/content';
import type { ImageSource } from '../open-image.ts';
import type { OnmetalStore } from '../store/onmetal-store.ts';
import type { Verb } from '../verb.ts';

export const inspect: Verb = {
  name: 'inspect',
  synopsis: '<source | --store-path folder ref> [--platform <os/arch>]',
  summary: 'Shows descriptor, manifest and config of an image or artifact as one JSON.',
  options: {
    platform: { type: 'string', value: 'os/arch', help: 'the image of an index for this platform; else the index' },
    'store-path': storePathOption,
    ...accessOptions,
  },
  examples: [
    'ingot inspect docker://docker.io/library/alpine:3 --platform linux/arm64',
    "ingot inspect oci:dist/image | jq '.config.config.Env'",
    'ingot inspect --store-path ./onmetal registry.example/team/os:1.0',
  ],

  async run(args, terminal) {
    const text = oneArgument(this, args, 'an image');
    const platform = platformOption(args.values);
    const store = storeOption(args.values, terminal);
    if (store !== undefined) checkStoreName(text);
    const source = store === undefined ? imageSource(text, args.values, terminal) : storeSource(store, text);
    const shown = await withRegistries(terminal, async (network) => {
      const { root, fetcher } = await source.open(network);
      return inspected(platform === undefined ? root : await selectPlatform(fetcher, root, platform), fetcher);
    });
    answerJson(terminal, shown);
    return 0;
  },
};

function storeSource(store: OnmetalStore, text: string): Pick<ImageSource, 'open'> {
  return { open: async () => ({ root: await store.find(text), fetcher: store }) };
}

/** Throws ContentError INGOT_MANIFEST and INGOT_BLOB_*. */
async function inspected(descriptor: Descriptor, fetcher: Fetcher) {
  const bytes = await readBlob(fetcher, descriptor);
  if (isIndex(descriptor.mediaType)) return { descriptor, manifest: parseIndex(bytes, descriptor), config: null };
  const manifest = parseManifest(bytes, descriptor);
  return { descriptor, manifest, config: await configOf(manifest, fetcher) };
}

/** Larger ones are no configs that anybody could read. Bytes. */
const longest = 4 * 1024 * 1024;

/** Null for a config that is no JSON, or large: an artifact may have any. */
async function configOf({ config }: ImageManifest, fetcher: Fetcher): Promise<unknown> {
  if (config.size > longest) return null;
  const bytes = await readBlob(fetcher, config);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    return null;
  }
}
