import { expect, it } from 'vitest';
import { NxWorkspace } from '../../../tools/nx-workspace.ts';
import { OciRegistry } from '../../../tools/registry/oci-registry.ts';

const forty = Array.from({ length: 40 }, (_, i) => `leaf-${i}`);

const image = (name: string, from: string, more = '') =>
  `ingot: image/v1\nname: ${name}\nversion: 0.1.0\nfrom: ${from}\nlayers:\n  - files: [{ from: www, to: /www }]\n${more}`;

it('forty images that share a base, pushed by Nx in parallel, send each blob once', async () => {
  await using registry = await OciRegistry.start();
  await using workspace = await NxWorkspace.create({
    packages: ['oci'],
    files: {
      'base/image.yaml': image('base', 'scratch'),
      'base/www/base.bin': 'base '.repeat(300_000),
      ...Object.fromEntries(
        forty.flatMap((name) => [
          [`${name}/image.yaml`, image(name, 'project:base', `repository: ${registry.host}/leaves/${name}\n`)],
          [`${name}/www/index.html`, name],
        ]),
      ),
    },
  });
  const { code, all } = await workspace.nx(['run-many', '-t', 'push', '--parallel=4']);
  expect(code, all).toBe(0);

  const sent = registry.requests
    .filter(({ method, path, status }) => method === 'PUT' && path.includes('digest=') && status === 201)
    .map(({ path }) => new URL(path, registry.url).searchParams.get('digest'));
  expect(new Set(sent).size).toBe(sent.length);
  const { inherited } = await workspace.json<{ inherited: { digest: string }[] }>('leaf-0/dist/image.json');
  expect(sent).toContain(inherited[0]!.digest);
  expect(forty.every((name) => registry.repository(`leaves/${name}`).blobs.has(inherited[0]!.digest))).toBe(true);
});
