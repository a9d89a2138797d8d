import { describe, expect, it } from 'vitest';
import { jinja2 } from '../../../../tools/python.ts';
import { registryConfig } from './registry-config.ts';

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;

describe('registryConfig', () => {
  it('is what static-container-registry.py writes, with the dots of names escaped in the regular expression', async () => {
    const text = registryConfig([
      { name: 'tool.x', tag: '2.0.0', digest: digest('a') },
      { name: 'tool.x', tag: '1.0.0', digest: digest('b') },
      { name: 'tool.x', tag: 'stable', digest: digest('a') },
    ]);
    const rendered = await jinja2(text, { repository: 'ex-1.0.0', registry_root: '/srv/scality/ex-1.0.0/images' });
    const manifest = (reference: string, tag: string, hex: string) => `
location = "/v2/ex-1.0.0/tool.x/manifests/${reference}" {
    alias /srv/scality/ex-1.0.0/images/tool.x/${tag}/;
    types { } default_type "application/vnd.docker.distribution.manifest.v2+json";
    add_header 'Docker-Content-Digest' '${digest(hex)}';
    try_files manifest.json =404;
    error_page 404 @404_tag;
}
`;
    expect(rendered).toBe(
      `
location = "/v2/ex-1.0.0/tool.x/tags/list" {
    types { } default_type "application/json";
    return 200 '{"name": "tool.x", "tags": ["1.0.0", "2.0.0", "stable"]}';
}
` +
        manifest('1.0.0', '1.0.0', 'b') +
        manifest('2.0.0', '2.0.0', 'a') +
        manifest('stable', 'stable', 'a') +
        manifest(digest('b'), '1.0.0', 'b') +
        manifest(digest('a'), '2.0.0', 'a') +
        `
location ~ "/v2/ex-1.0.0/tool\\.x/blobs/sha256:([a-f0-9]{64})" {
    alias /srv/scality/ex-1.0.0/images/tool.x/;
    try_files 1.0.0/$1 2.0.0/$1 stable/$1 =404;
}
`,
    );
  });

  it('does not depend on the order of the images', () => {
    const images = ['b', 'a', 'c'].map((name) => ({ name, tag: '1', digest: digest('a') }));
    expect(registryConfig(images)).toBe(registryConfig([...images].reverse()));
  });

  it.each([
    { name: 'a;b', tag: '1', digest: digest('a') },
    { name: 'a', tag: "1'", digest: digest('a') },
    { name: 'a', tag: '1', digest: 'sha256:x' },
  ])('refuses %j', (image) => {
    expect(() => registryConfig([image])).toThrow(expect.objectContaining({ code: 'INGOT_REGISTRY_CONFIG' }));
  });

  it('refuses one image twice', () => {
    const image = { name: 'a', tag: '1', digest: digest('a') };
    expect(() => registryConfig([image, image])).toThrow(expect.objectContaining({ code: 'INGOT_REGISTRY_CONFIG' }));
  });
});
