import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { OciRegistry } from '../../../../tools/registry/oci-registry.ts';
import { skopeo } from '../../../../tools/registry/skopeo.ts';
import { testFolder } from '../../../../tools/registry/temporary-folder.ts';
import { parseReference } from '../reference.ts';
import { registrySettings } from './settings.ts';

const at = testFolder();
const digest = `sha256:${'0'.repeat(64)}`;

/** `A`, `B` and `C` stand for registries that are there, and have nothing. */
const conf = `
[[registry]]
prefix = "example.com"
location = "A"
insecure = true
[[registry]]
prefix = "example.com/foo"
location = "A/bar"
insecure = true
  [[registry.mirror]]
  location = "B/mirror"
  insecure = true
  [[registry.mirror]]
  location = "C/c"
  insecure = true
[[registry]]
prefix = "example.com/digests"
location = "A/digests"
insecure = true
mirror-by-digest-only = true
  [[registry.mirror]]
  location = "B/digests"
  insecure = true
[[registry]]
prefix = "example.com/foo/tagged:1"
location = "C/tagged:2"
insecure = true
[[registry]]
prefix = "*.wild.example"
location = "B/wild"
insecure = true
[[registry]]
prefix = "docker.io/library"
location = "C/hub"
insecure = true
`;

describe('registries.conf', () => {
  it.each([
    'example.com/image:1',
    'example.com/foo/image:1',
    'example.com/foo:1',
    'example.com/foo/deep/image',
    'example.com/foobar:1',
    `example.com/foo/image@${digest}`,
    'example.com/digests/image:1',
    `example.com/digests/image@${digest}`,
    'example.com/foo/tagged:1',
    'example.com/foo/tagged:3',
    'a.b.wild.example/image:1',
    'debian:12',
  ])('leads to where skopeo goes, in its order: %s', async (text) => {
    await using a = await OciRegistry.start();
    await using b = await OciRegistry.start();
    await using c = await OciRegistry.start();
    const registries = { A: a, B: b, C: c };
    const asked: string[] = [];
    for (const [name, registry] of Object.entries(registries)) {
      registry.faults = ({ path }) => {
        const repository = /^\/v2\/(.+)\/manifests\//.exec(path)?.[1];
        if (repository !== undefined) asked.push(`${name}/${repository}`);
      };
    }
    const written = conf.replaceAll(
      /"([ABC])([/"])/g,
      (_, name: 'A', next: string) => `"${registries[name].host}${next}`,
    );
    writeFileSync(at('registries.conf'), written);
    await expect(
      skopeo(['--registries-conf', at('registries.conf'), 'inspect', '--raw', `docker://${text}`]),
    ).rejects.toThrow(/manifest unknown/);
    const env = { HOME: at('home'), CONTAINERS_REGISTRIES_CONF: at('registries.conf') };
    const settings = registrySettings({ env, systemFolder: at('etc') });
    const endpoints = await settings.endpointsFor(parseReference(text), 'pull');
    const nameOf = (host: string) => Object.entries(registries).find(([, one]) => one.host === host)?.[0];
    expect(asked.length).toBeGreaterThan(0);
    expect(endpoints.map(({ origin, repository }) => `${nameOf(origin.host)}/${repository}`)).toEqual(asked);
  });
});
