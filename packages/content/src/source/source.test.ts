import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameOfReference, nameOfRefName } from './image-name.ts';
import { formatSource, parseSource } from './source.ts';
import type { Source } from './source.ts';

const digest = `sha256:${'0a'.repeat(32)}`;

describe('parseSource', () => {
  it.each<[string, Source]>([
    ['project:hello-server', { transport: 'project', name: 'hello-server' }],
    ['project:@scope/hello', { transport: 'project', name: '@scope/hello' }],
    ['oci:a/b', { transport: 'oci', path: 'a/b' }],
    ['oci:/a/b:1.0', { transport: 'oci', path: '/a/b', reference: '1.0' }],
    ['oci:a:team/tool:1.0', { transport: 'oci', path: 'a', reference: 'team/tool:1.0' }],
    ['oci:a:name@x', { transport: 'oci', path: 'a', reference: 'name@x' }],
    [`oci:a@b@${digest}`, { transport: 'oci', path: 'a@b', digest }],
    ['oci-archive:a.tar', { transport: 'oci-archive', path: 'a.tar' }],
    [`oci-archive:a.tar@${digest}`, { transport: 'oci-archive', path: 'a.tar', digest }],
    ['docker-archive:a.tar', { transport: 'docker-archive', path: 'a.tar' }],
    ['docker-archive:a.tar:x.io:5000/y:1', { transport: 'docker-archive', path: 'a.tar', reference: 'x.io:5000/y:1' }],
    ['docker-archive:a.tar:@3', { transport: 'docker-archive', path: 'a.tar', index: 3 }],
    ['docker-daemon:nginx:1.27', { transport: 'docker-daemon', reference: 'nginx:1.27' }],
    [`docker-daemon:${digest}`, { transport: 'docker-daemon', reference: digest }],
    ['dir:a:b', { transport: 'dir', path: 'a:b' }],
    ['docker://nginx', { transport: 'docker', reference: 'nginx' }],
    [`docker://x.io:5000/y@${digest}`, { transport: 'docker', reference: `x.io:5000/y@${digest}` }],
  ])('reads %s, and writes it again', (text, source) => {
    expect(parseSource(text)).toEqual(source);
    expect(formatSource(source)).toBe(text);
  });

  it.each([
    ['', 'project:NAME'],
    ['nginx', 'Did you mean project:nginx, or docker://docker.io/library/nginx?'],
    ['nginx:1.27', 'Did you mean docker://nginx:1.27?'],
    ['ghcr.io/team/tool:1.0', 'Did you mean docker://ghcr.io/team/tool:1.0?'],
    ['./build/image', 'Did you mean oci:./build/image?'],
    ['vendor/tool.tar', 'Did you mean oci-archive:vendor/tool.tar or docker-archive:vendor/tool.tar?'],
    ['docker:nginx', 'Write docker://nginx'],
    ['oci_archive:a.tar', 'Did you mean'],
    ['OCI:a', 'Did you mean oci:a?'],
    ['DockerArchive:a', 'Did you mean docker-archive:a?'],
    ['https://ghcr.io/tool', 'For a registry write docker://ghcr.io/tool'],
    ['oci://ghcr.io/tool', 'docker://ghcr.io/tool'],
    ['containers-storage:tool', 'skopeo copy containers-storage:tool oci-archive:image.tar'],
    ['project:', 'project:NAME'],
    ['oci:', 'oci:PATH'],
    ['oci::tag', 'oci:PATH'],
    ['oci:a:', 'Leave the last colon out'],
    ['oci:a@sha256:12', '64 lower-case'],
    [`oci:a:b@${digest}`, 'Leave one of them out'],
    ['docker-archive:a:@x', '@0 for the first'],
    ['docker-archive:a:@01', '@0 for the first'],
    ['docker-daemon:--output=/etc/passwd', 'NAME:TAG'],
    ['docker-daemon:a b', 'NAME:TAG'],
    ['docker://', 'NAME:TAG'],
    ['docker:///x', 'NAME:TAG'],
    ['project:a\nb', 'project:NAME'],
    ['constructor:x', 'docker://constructor:x'],
  ])('refuses %j with a hint', (text, help) => {
    expect(() => parseSource(text)).toThrow(
      expect.objectContaining({ code: 'INGOT_SOURCE_SYNTAX', help: expect.stringContaining(help) }),
    );
  });

  it('reads every source that it can write, and throws nothing but its own error', () => {
    const path = fc.stringMatching(/^[^:@\u0000-\u001f\u007f/][^:@\u0000-\u001f\u007f]*$/);
    const reference = fc.stringMatching(/^[a-z0-9][a-z0-9./_-]*(:[a-z0-9._-]+)?$/);
    const name = fc.stringMatching(/^[^\u0000-\u001f\u007f]+$/);
    const source: fc.Arbitrary<Source> = fc.oneof(
      fc.record({ transport: fc.constant('project' as const), name }),
      fc.record({ transport: fc.constant('dir' as const), path: name }),
      fc.record({ transport: fc.constantFrom('docker' as const, 'docker-daemon' as const), reference }),
      fc.record({ transport: fc.constantFrom('oci' as const, 'oci-archive' as const), path, reference }),
      fc.record({
        transport: fc.constantFrom('oci' as const, 'oci-archive' as const),
        path,
        digest: fc.constant(digest),
      }),
      fc.record({ transport: fc.constant('docker-archive' as const), path, index: fc.nat(999_999) }),
      fc.record({ transport: fc.constant('docker-archive' as const), path, reference }),
    );
    fc.assert(
      fc.property(source, (one) => {
        expect(parseSource(formatSource(one))).toEqual(one);
      }),
      { seed: 1, numRuns: 1000 },
    );
    const texts = fc.oneof(
      fc.string(),
      fc.string({
        unit: fc.constantFrom('oci', 'docker', 'project', ':', '//', '@', 'sha256:', digest, '-archive', 'a', '.'),
      }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          expect(formatSource(parseSource(text))).toBe(text);
        } catch (error) {
          expect(error).toMatchObject({ code: 'INGOT_SOURCE_SYNTAX', help: expect.any(String) });
        }
      }),
      { seed: 1, numRuns: 2000 },
    );
  });
});

describe('names', () => {
  it.each([
    ['registry.example.org:5000/team/tool:2.0', { name: 'tool', tag: '2.0' }],
    [`team/tool:2.0@${digest}`, { name: 'tool', tag: '2.0' }],
    ['localhost:5000/tool', { name: 'tool' }],
    ['tool', { name: 'tool' }],
  ])('in the reference %s', (reference, name) => expect(nameOfReference(reference)).toEqual(name));

  it.each([
    ['1.0', { tag: '1.0' }],
    ['tool:1.0', { name: 'tool', tag: '1.0' }],
    ['team/tool', { name: 'tool' }],
  ])('in the ref.name %s', (refName, name) => expect(nameOfRefName(refName)).toEqual(name));
});
