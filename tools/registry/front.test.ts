import { mkdir, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { sampleLayout } from '../../e2e/sample-layout.ts';
import { certificateAuthority } from './certificates.ts';
import { DockerRegistry } from './docker-registry.ts';
import { Front } from './front.ts';
import { skopeo } from './skopeo.ts';
import { testFolder } from './temporary-folder.ts';

const at = testFolder();
const authority = await certificateAuthority();
const tls = await authority.issue('localhost', '127.0.0.1');

/** A folder as certs.d has them. */
async function certificates(files: Readonly<Record<string, string>>): Promise<string> {
  await mkdir(at('certs'), { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(at('certs', name), text);
  return `--dest-cert-dir=${at('certs')}`;
}

const copy = (front: Front, ...options: string[]) =>
  skopeo(['copy', ...options, `oci:${at('in')}:1.0.0`, `docker://${front.host}/some/image:1`]);

describe('nginx in front of a registry', () => {
  it('speaks TLS by a private authority', async () => {
    await sampleLayout(at('in'));
    await using registry = await DockerRegistry.start();
    await using front = await Front.start({ upstream: registry.host, tls });
    await expect(copy(front)).rejects.toThrow(/x509|certificate/);
    await copy(front, await certificates({ 'ca.crt': authority.cert }));
    expect((await fetch(`${registry.url}/v2/some/image/tags/list`)).ok).toBe(true);
  });

  it('wants a certificate of the client', async () => {
    await sampleLayout(at('in'));
    await using registry = await DockerRegistry.start();
    await using front = await Front.start({ upstream: registry.host, tls, clientCa: authority.cert });
    await expect(copy(front, await certificates({ 'ca.crt': authority.cert }))).rejects.toThrow(/400|certificate/);
    const { key, cert } = await authority.issue('ann');
    await copy(front, await certificates({ 'me.cert': cert, 'me.key': key }));
  });

  it('sends who wants blobs to another host, which takes no credentials', async () => {
    const image = await sampleLayout(at('in'));
    await using registry = await DockerRegistry.start();
    await using store = await Front.start({ storage: registry.storage });
    await using front = await Front.start({ upstream: registry.host, redirectBlobsTo: store.url });
    await copy(front, '--dest-tls-verify=false');
    await skopeo(['copy', '--src-tls-verify=false', `docker://${front.host}/some/image:1`, `oci:${at('out')}:1`]);
    const path = `/v2/some/image/blobs/${image.config.digest}`;
    const redirect = await fetch(front.url + path, { redirect: 'manual' });
    expect([redirect.status, redirect.headers.get('location')]).toEqual([307, `${store.url}${path}?token=secret`]);
    const headers = { authorization: 'Basic x' };
    expect((await fetch(`${store.url}${path}`, { headers })).status).toBe(400);
    expect((await (await fetch(store.url + path)).arrayBuffer()).byteLength).toBe(image.config.size);
  });

  it('fails, says nothing, and is well again', async () => {
    await sampleLayout(at('in'));
    await using registry = await DockerRegistry.start();
    await using front = await Front.start({ upstream: registry.host });
    await front.fail(429);
    const busy = await fetch(`${front.url}/v2/a/tags/list`);
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([429, '7']);
    await front.fail(500);
    await expect(copy(front, '--dest-tls-verify=false')).rejects.toThrow(/500/);
    const { asked } = await front.fallSilent();
    const hanging = copy(front, '--dest-tls-verify=false', '--command-timeout=1s');
    await asked;
    await expect(hanging).rejects.toThrow(/deadline|timeout/i);
    await front.mend();
    await copy(front, '--dest-tls-verify=false');
  });
});
