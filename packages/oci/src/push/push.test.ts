import { MemoryStore, encodeJson, oci } from '@ingot/content';
import { openRegistries } from '@ingot/registry';
import { expect, it } from 'vitest';
import { OciRegistry } from '../../../../tools/registry/oci-registry.ts';
import { testFolder } from '../../../../tools/registry/temporary-folder.ts';
import { pushTo } from './push.ts';

const at = testFolder();

it('asks for the right to push with its first request: a repository that is not there yet may not be looked into', async () => {
  await using registry = await OciRegistry.start({ auth: 'bearer', users: { ada: 'secret' } });
  const login = { INGOT_REGISTRY: registry.host, INGOT_REGISTRY_USERNAME: 'ada', INGOT_REGISTRY_PASSWORD: 'secret' };
  const registries = openRegistries({ env: { HOME: at('home'), INGOT_STORE: at('store'), ...login } });
  const store = new MemoryStore();
  const config = store.add(oci.empty, Buffer.from('{}'));
  const manifest = { schemaVersion: 2, mediaType: oci.manifest, artifactType: 'a/b', config, layers: [config] };
  const descriptor = store.add(oci.manifest, encodeJson(manifest));
  const what = { roots: [{ descriptor, suffix: '' }], fetcher: store, knownIn: () => [], artifact: undefined };
  await pushTo(registries.repository(`${registry.host}/new`), what, { tags: ['1.0'], attachments: [] });
  await registries.close();
  expect(registry.tokens!.requests.map(({ scopes }) => scopes)).toEqual([['repository:new:pull,push']]);
});
