import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { skopeo } from '../../../tools/registry/skopeo.ts';
import { RegistryError } from './error.ts';
import { formatReference, isRegistryName, parseReference, type Reference } from './reference.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('parseReference', () => {
  it.each<[string, Reference]>([
    ['debian', { registry: 'docker.io', repository: 'library/debian', tag: 'latest' }],
    ['debian:12-slim', { registry: 'docker.io', repository: 'library/debian', tag: '12-slim' }],
    ['grafana/grafana', { registry: 'docker.io', repository: 'grafana/grafana', tag: 'latest' }],
    ['docker.io/debian', { registry: 'docker.io', repository: 'library/debian', tag: 'latest' }],
    ['index.docker.io/debian', { registry: 'docker.io', repository: 'library/debian', tag: 'latest' }],
    ['localhost/a', { registry: 'localhost', repository: 'a', tag: 'latest' }],
    ['localhost:5000', { registry: 'docker.io', repository: 'library/localhost', tag: '5000' }],
    ['host:5000/a/b/c', { registry: 'host:5000', repository: 'a/b/c', tag: 'latest' }],
    ['[::1]:5000/a', { registry: '[::1]:5000', repository: 'a', tag: 'latest' }],
    ['ghcr.io/x/y:1', { registry: 'ghcr.io', repository: 'x/y', tag: '1' }],
    [`ghcr.io/x/y@${digest}`, { registry: 'ghcr.io', repository: 'x/y', digest }],
    [`host:5000/x/y:v1.2_3@${digest}`, { registry: 'host:5000', repository: 'x/y', tag: 'v1.2_3', digest }],
    ['a__b/c--d.e', { registry: 'docker.io', repository: 'a__b/c--d.e', tag: 'latest' }],
  ])('reads %s', (text, reference) => {
    expect(parseReference(text)).toEqual(reference);
  });

  it.each<[string, RegExp, RegExp]>([
    ['', /names no repository/, /Write \[registry/],
    ['ghcr.io/', /names no repository/, /Write \[registry/],
    ['https://ghcr.io/a:1', /has a scheme/, /ghcr\.io\/a$/],
    ['ghcr.io/Some/Image', /upper-case letters/, /some\/image$/],
    ['Debian', /upper-case letters/, /: debian$/],
    ['a//b', /wrong part ""/, /lower-case/],
    ['a/b:', /wrong tag ""/, /at most 128/],
    ['a/b:-x', /wrong tag "-x"/, /neither/],
    [`a:${'t'.repeat(129)}`, /wrong tag/, /128/],
    ['a@sha256:12', /wrong digest/, /64 lower-case/],
    ['a@sha512:12', /wrong digest/, /sha256/],
    [`a@${digest.toUpperCase()}`, /wrong digest/, /lower-case/],
    [`ghcr.io/${'a'.repeat(256)}`, /more than 255/, /shorter/],
    ['a'.repeat(1025), /more than 1024/, /Write/],
    ['-host.io/a', /wrong registry/, /Write/],
    // skopeo takes it, and then has no registry to go to.
    ['a_b.io/a', /wrong registry/, /Write/],
    ['host:0/a', /wrong registry/, /Write/],
    ['host:65536/a', /wrong registry/, /Write/],
    ['a b', /wrong part/, /Write/],
    ['a\nb', /wrong part "a\\nb"/, /Write/],
    ['f'.repeat(64), /ID of an image/, /@sha256:/],
  ])('refuses %s', (text, message, help) => {
    const error = refusal(text);
    expect(error.code).toBe('INGOT_REFERENCE_SYNTAX');
    expect(error.message).toMatch(message);
    expect(error.help).toMatch(help);
  });

  it('reads back what formatReference writes', () => {
    const word = fc.stringMatching(/^[a-z0-9]{1,8}([._-][a-z0-9]{1,4})?$/);
    const reference = fc.record(
      {
        registry: fc.constantFrom('docker.io', 'ghcr.io', 'localhost', 'host:5000', '[fe80::1]:80', 'Host.example'),
        repository: fc.array(word, { minLength: 2, maxLength: 5 }).map((parts) => parts.join('/')),
        tag: fc.stringMatching(/^\w[\w.-]{0,20}$/),
        digest: fc.stringMatching(/^sha256:[0-9a-f]{64}$/),
      },
      { requiredKeys: ['registry', 'repository'] },
    );
    fc.assert(
      fc.property(reference, (one) => {
        const complete = one.tag === undefined && one.digest === undefined ? { ...one, tag: 'latest' } : one;
        expect(parseReference(formatReference(one))).toEqual(complete);
      }),
      { seed: 4, numRuns: 500 },
    );
  });

  it('answers to any text with a reference that stays what it is, or with its error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), nearly), (text) => {
        const reference = attempt(text);
        if (reference === undefined) return;
        const again = formatReference(reference);
        expect(parseReference(again)).toEqual(reference);
        expect(again).toMatch(/^[\x21-\x7e]+$/);
        expect(isRegistryName(reference.registry)).toBe(true);
      }),
      { seed: 4, numRuns: 3000 },
    );
  });

  it('takes and refuses what skopeo does', async () => {
    const texts = [...new Set(fc.sample(nearly, { seed: 4, numRuns: 100 }))];
    const differing = await Promise.all(
      texts.map(async (text) => ((attempt(text) !== undefined) === (await skopeoTakes(text)) ? [] : [text])),
    );
    expect(differing.flat()).toEqual([]);
    expect(texts.filter((text) => attempt(text) !== undefined).length).toBeGreaterThan(20);
    expect(texts.filter((text) => attempt(text) === undefined).length).toBeGreaterThan(20);
  });
});

/** Texts that are references, or nearly so. */
const nearly = fc
  .tuple(
    fc.constantFrom('', '', 'host.io/', 'localhost/', 'host:5000/', 'Z.io/', '-z.io/', 'x:y/'),
    fc.constantFrom('a', 'b1', '0'),
    fc.array(fc.constantFrom('/a', '-b', '_c', '.d', '__e', '---f', '___g', '..h', 'Z', '/'), { maxLength: 2 }),
    fc.constantFrom('', '', ':1', ':v1_', ':.1', ':'),
  )
  .map(([registry, first, parts, end]) => registry + first + parts.join('') + end);

/** It reads both names before it opens the first, which is not there: nothing goes to the network. */
async function skopeoTakes(text: string): Promise<boolean> {
  const error = await skopeo(['copy', 'dir:/nonexistent', `docker://${text}`]).catch(String);
  if (/Invalid destination name/.test(error)) return false;
  expect(error).toContain('/nonexistent');
  return true;
}

function attempt(text: string): Reference | undefined {
  try {
    return parseReference(text);
  } catch (error) {
    expect(error).toBeInstanceOf(RegistryError);
    return undefined;
  }
}

function refusal(text: string): RegistryError {
  try {
    parseReference(text);
  } catch (error) {
    if (error instanceof RegistryError) return error;
  }
  throw new Error(`${text} is taken`);
}
