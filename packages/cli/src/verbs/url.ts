import { selectPlatform } from '@ingot/content';
import { accessOptions, accessTo } from '../access.ts';
import { answerJson } from '../answer.ts';
import { oneArgument } from '../arguments.ts';
import { layerOf } from '../layer-of.ts';
import { platformOption } from '../open-image.ts';
import { registryArgument } from '../registry-argument.ts';
import { storeOption, storePathOption } from '../store/store-path.ts';
import { urlOfStore } from '../store/url-of-store.ts';
import { withRegistries } from '../with-registries.ts';
import type { BlobUrl } from '@ingot/registry';
import type { Verb } from '../verb.ts';

export const url: Verb = {
  name: 'url',
  synopsis: '<docker://ref | --store-path folder ref> [--layer <layer>] [--platform <os/arch>]',
  summary: 'Tells where curl finds the manifest of an image, or a layer of it: URL and headers as JSON.',
  options: {
    layer: {
      type: 'string',
      value: 'layer',
      help: 'kernel, rootfs, initramfs, squashfs, uki or iso; a title, a digest, or a position from 0 on',
    },
    platform: { type: 'string', value: 'os/arch', help: 'the image of an index for this platform' },
    'store-path': storePathOption,
    ...accessOptions,
  },
  examples: [
    'ingot url docker://registry.example/os/gardenlinux:1592 --layer kernel',
    'curl --location --output kernel "$(ingot url docker://registry.example/os/gardenlinux:1592 --layer kernel | jq -r .url)"',
    'ingot url --store-path ./onmetal registry.example/os/gardenlinux:1592 --layer kernel',
  ],

  async run(args, terminal) {
    const { values } = args;
    const text = oneArgument(this, args, 'an image of a registry');
    const store = storeOption(values, terminal);
    if (store !== undefined) {
      await urlOfStore(text, values, store, terminal);
      return 0;
    }
    const reference = registryArgument(this, text);
    const platform = platformOption(values);
    const { layer } = values;
    const found = await withRegistries(terminal, async ({ repository }) => {
      const remote = await repository(reference, accessTo(reference.registry, values, terminal));
      const root = await remote.resolve();
      const image = platform === undefined ? root : await selectPlatform(remote, root, platform);
      return remote.url(typeof layer === 'string' ? await layerOf(remote, image, layer) : image);
    });
    answerJson(terminal, { url: found.url, headers: named(found.headers) });
    return 0;
  },
};

/** Headers as people write them: `Accept`. */
function named(headers: BlobUrl['headers']): BlobUrl['headers'] {
  const upper = (name: string) => name.replace(/(^|-)[a-z]/g, (letters) => letters.toUpperCase());
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [upper(name), value]));
}
