import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sampleLayout } from '../../e2e/sample-layout.ts';
import { certificateAuthority } from './certificates.ts';
import { DockerRegistry, type DockerRegistryOptions } from './docker-registry.ts';
import { skopeo } from './skopeo.ts';
import { testFolder } from './temporary-folder.ts';
import { TokenServer } from './token-server.ts';

const at = testFolder();
const users = { ann: 'secret:word' };

async function pushAndInspect(options: DockerRegistryOptions, creds: string[]): Promise<void> {
  const image = await sampleLayout(at('in'));
  await using registry = await DockerRegistry.start(options);
  const name = `docker://${registry.host}/some/image:1`;
  await skopeo([
    'copy',
    '--dest-tls-verify=false',
    ...creds.map((one) => `--dest-creds=${one}`),
    `oci:${at('in')}:1.0.0`,
    name,
  ]);
  const shown = await skopeo(['inspect', '--tls-verify=false', ...creds.map((one) => `--creds=${one}`), name]);
  expect(JSON.parse(shown)).toMatchObject({ Digest: image.manifest.digest, RepoTags: ['1'] });
}

describe("Debian's docker-registry", () => {
  it('runs, keeps what skopeo pushes, and is gone afterwards', async () => {
    const image = await sampleLayout(at('in'));
    let folder, url;
    {
      await using registry = await DockerRegistry.start();
      const name = `docker://${registry.host}/some/image:1`;
      await skopeo(['copy', '--dest-tls-verify=false', `oci:${at('in')}:1.0.0`, name]);
      const raw = await skopeo(['inspect', '--raw', '--tls-verify=false', name]);
      expect(JSON.parse(raw)).toMatchObject({ config: { digest: image.config.digest } });
      expect(registry.log).toContain('/v2/some/image/manifests/1');
      folder = dirname(registry.storage);
      url = registry.url;
      expect(existsSync(registry.storage)).toBe(true);
    }
    expect(existsSync(folder)).toBe(false);
    await expect(fetch(url)).rejects.toThrow();
  });

  it('knows users by htpasswd', async () => {
    await pushAndInspect({ users }, ['ann:secret:word']);
    await expect(pushAndInspect({ users }, ['ann:wrong'])).rejects.toThrow(/unauthorized|authentication required/);
    await expect(pushAndInspect({ users }, [])).rejects.toThrow(/unauthorized|authentication required|no basic auth/);
  });

  it('takes the tokens of the token server, and only those', async () => {
    await using tokens = await TokenServer.start({ users });
    await pushAndInspect({ tokens }, ['ann:secret:word']);
    expect(tokens.requests.flatMap(({ scopes }) => scopes)).toContain('repository:some/image:pull,push');
    await expect(pushAndInspect({ tokens }, ['ann:wrong'])).rejects.toThrow(/unauthorized|incorrect/);
    await using others = await TokenServer.start({ users });
    const mixed = Object.assign(Object.create(tokens) as TokenServer, { certificate: others.certificate });
    await expect(pushAndInspect({ tokens: mixed }, ['ann:secret:word'])).rejects.toThrow(/unauthorized|authentication/);
  });

  it('refuses a token that has expired', async () => {
    await using tokens = await TokenServer.start({ users, expiresIn: -61 });
    await expect(pushAndInspect({ tokens }, ['ann:secret:word'])).rejects.toThrow(/unauthorized|authentication/);
  });

  it('speaks TLS', async () => {
    const authority = await certificateAuthority();
    await pushAndInspect({ tls: await authority.issue('localhost') }, []);
  });
});
