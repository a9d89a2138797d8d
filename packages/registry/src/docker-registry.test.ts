import { MemoryStore, copy, validate } from '@ingot/content';
import { describe, expect, it } from 'vitest';
import { DockerRegistry } from '../../../tools/registry/docker-registry.ts';
import { skopeo } from '../../../tools/registry/skopeo.ts';
import { TokenServer } from '../../../tools/registry/token-server.ts';
import { imageOf, someBytes } from './test/blobs.ts';
import { testRegistries } from './test/open.ts';

const { open } = testRegistries();

describe('docker-registry', () => {
  it('takes what we push, and skopeo reads it; what skopeo copies, we pull', async () => {
    await using registry = await DockerRegistry.start();
    const registries = open();
    const image = await imageOf(someBytes(100), someBytes(3_000_000));
    const repository = registries.repository(`${registry.host}/a/b:1.0`);
    await copy(image.root, image.store, repository);
    await repository.tag(image.root, image.bytes, '1.0');
    const raw = await skopeo(['inspect', '--raw', '--tls-verify=false', `docker://${registry.host}/a/b:1.0`]);
    expect(Buffer.from(raw)).toEqual(Buffer.from(image.bytes));
    const tls = ['--src-tls-verify=false', '--dest-tls-verify=false'];
    const from = `docker://${registry.host}/a/b@${image.root.digest}`;
    await skopeo(['copy', '--preserve-digests', ...tls, from, `docker://${registry.host}/c/d:2.0`]);
    const copied = registries.repository(`${registry.host}/c/d:2.0`);
    const root = await copied.resolve();
    expect(root.digest).toBe(image.root.digest);
    const back = new MemoryStore();
    await copy(root, copied, back);
    const errors = (await Array.fromAsync(validate(back, root))).filter(({ level }) => level === 'error');
    expect(errors.filter(({ code }) => code === 'INGOT_BLOB_MISSING' || code === 'INGOT_BLOB_WRONG')).toEqual([]);
    expect(await Array.fromAsync(copied.tags())).toEqual(['2.0']);
    await expect(copied.resolve('2.1')).rejects.toMatchObject({ message: expect.stringContaining('there is 2.0') });
  });

  it('mounts, deletes by digest, and says that it deletes no tags', async () => {
    await using registry = await DockerRegistry.start();
    const registries = open();
    const image = await imageOf(someBytes(100));
    const hows: string[] = [];
    for (const name of ['a', 'b']) {
      const repository = registries.repository(`${registry.host}/${name}`);
      await copy(image.root, image.store, repository, { onReceived: (_descriptor, how) => hows.push(how) });
      await repository.tag(image.root, image.bytes, 'v1');
    }
    expect(hows.sort()).toEqual(['mounted', 'mounted', 'sent', 'sent', 'sent', 'sent']);
    const repository = registries.repository(`${registry.host}/a`);
    await expect(repository.remove('v1')).rejects.toMatchObject({ code: 'INGOT_REGISTRY_UNSUPPORTED' });
    await repository.remove(image.root.digest);
    await expect(repository.resolve('v1')).rejects.toMatchObject({ code: 'INGOT_REGISTRY_MISSING' });
  });

  it('lets in with a token, and with a password', async () => {
    const users = { ada: 'secret' };
    await using tokens = await TokenServer.start({ users });
    const image = await imageOf(someBytes(2_000_000));
    for (const options of [{ users }, { tokens }]) {
      await using registry = await DockerRegistry.start(options);
      const env = { INGOT_REGISTRY: registry.host, INGOT_REGISTRY_USERNAME: 'ada', INGOT_REGISTRY_PASSWORD: 'secret' };
      const repository = open({ env }).repository(`${registry.host}/a/b:v1`);
      await repository.checkPush();
      await copy(image.root, image.store, repository);
      await repository.tag(image.root, image.bytes, 'v1');
      expect((await repository.resolve()).digest).toBe(image.root.digest);
      await expect(open().repository(`${registry.host}/a/b`).checkPush()).rejects.toMatchObject({
        code: 'INGOT_REGISTRY_LOGIN',
      });
      const wrong = { ...env, INGOT_REGISTRY_PASSWORD: 'wrong' };
      const refused = open({ env: wrong }).repository(`${registry.host}/a/b`).checkPush();
      await expect(refused).rejects.toMatchObject({
        code: 'INGOT_REGISTRY_LOGIN',
        message: expect.stringContaining('ada'),
      });
    }
  });
});
