import {
  isIndex,
  parseIndex,
  parseManifest,
  platformsOf,
  formatPlatform,
  readBlob,
  selectPlatform,
} from '@ingot/content';
import { accessOptions, accessTo } from '../access.ts';
import { answerJson } from '../answer.ts';
import { oneArgument } from '../arguments.ts';
import { CliError } from '../error.ts';
import { chooseLayer } from '../layer-choice.ts';
import { platformOption } from '../open-image.ts';
import { registryArgument } from '../registry-argument.ts';
import { withRegistries } from '../with-registries.ts';
import type { Descriptor } from '@ingot/content';
import type { BlobUrl, Repository } from '@ingot/registry';
import type { Verb } from '../verb.ts';

export const url: Verb = {
  name: 'url',
  synopsis: '<docker://ref> [--layer <layer>] [--platform <os/arch>]',
  summary: 'Tells where curl finds the manifest of an image, or a layer of it: URL and headers as JSON.',
  options: {
    layer: {
      type: 'string',
      value: 'layer',
      help: 'kernel, rootfs, initramfs, squashfs, uki or iso; a title, a digest, or a position from 0 on',
    },
    platform: { type: 'string', value: 'os/arch', help: 'the image of an index for this platform' },
    ...accessOptions,
  },
  examples: [
    'ingot url docker://registry.example/os/gardenlinux:1592 --layer kernel',
    'curl --location --output kernel "$(ingot url docker://registry.example/os/gardenlinux:1592 --layer kernel | jq -r .url)"',
  ],

  async run(args, terminal) {
    const { values } = args;
    const reference = registryArgument(this, oneArgument(this, args, 'an image of a registry'));
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

async function layerOf(remote: Repository, image: Descriptor, layer: string): Promise<Descriptor> {
  const manifest = isIndex(image.mediaType) ? await onlyImage(remote, image) : image;
  return chooseLayer(parseManifest(await readBlob(remote, manifest), manifest).layers, layer);
}

/** Throws INGOT_LAYER_PLATFORM where an index has several images. */
async function onlyImage(remote: Repository, index: Descriptor): Promise<Descriptor> {
  const { manifests } = parseIndex(await readBlob(remote, index), index);
  const [only] = manifests;
  if (only !== undefined && manifests.length === 1 && !isIndex(only.mediaType)) return only;
  const there = [...new Set((await platformsOf(remote, index)).map(formatPlatform))];
  throw new CliError(
    'INGOT_LAYER_PLATFORM',
    `${index.digest} is an index of ${manifests.length} images: whose layer?`,
    `Choose by --platform: ${there.join(', ')}; or name one of its images by digest. ingot inspect shows them.`,
  );
}
