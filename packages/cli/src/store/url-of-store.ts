import { oci, selectPlatform } from '@ingot/content';
import { accessTo } from '../access.ts';
import { answerJson } from '../answer.ts';
import { UsageError } from '../error.ts';
import { layerOf } from '../layer-of.ts';
import { platformOption } from '../open-image.ts';
import { withRegistries } from '../with-registries.ts';
import { fullReference } from './full-reference.ts';
import { checkStoreName } from './store-path.ts';
import type { OnmetalStore } from './onmetal-store.ts';
import type { Terminal, VerbValues } from '../verb.ts';

/**
 * `ingot url --store-path`: the request for an image of the store in the registry of its name, in onmetal-image's form
 * (cmd/url, docker/docker.go). The registry is not asked. Throws UsageError, INGOT_STORE_IMAGE, INGOT_LAYER.
 */
export async function urlOfStore(text: string, values: VerbValues, store: OnmetalStore, terminal: Terminal) {
  checkStoreName(text);
  const reference = fullReference(text);
  if (reference === undefined) {
    throw new UsageError(
      `${JSON.stringify(text)} does not say which registry`,
      'Name the image by its full reference: registry.example/team/os:1.0',
    );
  }
  const platform = platformOption(values);
  const root = await store.find(text);
  const { layer } = values;
  const image = platform === undefined ? root : await selectPlatform(store, root, platform);
  const wanted = typeof layer === 'string' ? await layerOf(store, image, layer) : image;
  const { url } = await withRegistries(terminal, async ({ repository }) => {
    const remote = await repository(reference, accessTo(reference.registry, values, terminal));
    return remote.url(wanted);
  });
  if (wanted !== image) return answerJson(terminal, { url });
  const { digest, tag = digest ?? 'latest' } = reference;
  const byName = platform === undefined ? url.replace(/[^/]*$/, tag) : url;
  answerJson(terminal, { headers: { Accept: [image.mediaType || oci.manifest] }, url: byName });
}
