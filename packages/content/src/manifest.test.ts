import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from './digest.ts';
import { children, encodeJson, parseConfig, parseIndex, parseManifest } from './manifest.ts';
import { docker, oci } from './media-type.ts';
import type { Descriptor } from './descriptor.ts';

const digest = digestOf(Buffer.from('x'));
const config = { mediaType: oci.config, digest, size: 1 };
const layer = { mediaType: oci.layerGzip, digest, size: 2 };
const manifest = { schemaVersion: 2, mediaType: oci.manifest, config, layers: [layer] };
const index = { schemaVersion: 2, mediaType: oci.index, manifests: [{ ...config, mediaType: oci.manifest }] };
const image = { os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [digest] } };

type Parse = (bytes: Uint8Array, descriptor: Descriptor) => unknown;

function parse(how: Parse, value: unknown, mediaType: string): unknown {
  const bytes = value instanceof Uint8Array ? value : Buffer.from(JSON.stringify(value));
  return how(bytes, { mediaType, digest: digestOf(bytes), size: bytes.length });
}

const error = (what: string): unknown =>
  expect.objectContaining({ code: 'INGOT_MANIFEST', message: expect.stringContaining(what) });

describe('manifests', () => {
  it('are read, OCI and Docker', () => {
    expect(parse(parseManifest, manifest, oci.manifest)).toEqual(manifest);
    const { mediaType: _, ...bare } = manifest;
    expect(parse(parseManifest, bare, oci.manifest)).toEqual(bare);
    const other = { ...manifest, mediaType: docker.manifest };
    expect(parse(parseManifest, other, docker.manifest)).toEqual(other);
  });

  it.each<[string, unknown]>([
    ['JSON', Buffer.from('{')],
    ['UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['object', []],
    ['object', null],
    ['schemaVersion', { ...manifest, schemaVersion: 1 }],
    ['schemaVersion', { ...manifest, schemaVersion: '2' }],
    ['says', { ...manifest, mediaType: oci.index }],
    ['says', { ...manifest, mediaType: 2 }],
    ['descriptor at config', { ...manifest, config: undefined }],
    ['list of manifests', { ...manifest, manifests: [] }],
    ['no list "layers"', { ...manifest, layers: {} }],
    ['no list "layers"', { ...manifest, layers: undefined }],
    ['more than 1024', { ...manifest, layers: Array(1025).fill(layer) }],
    ['descriptor at layers[0]', { ...manifest, layers: [null] }],
    ['mediaType at layers[0]', { ...manifest, layers: [{ ...layer, mediaType: 1 }] }],
    ['digest at layers[0]', { ...manifest, layers: [{ ...layer, digest: 'sha256:../../etc/passwd' }] }],
    ['digest at layers[0]', { ...manifest, layers: [{ ...layer, digest: undefined }] }],
    ['size at layers[0]', { ...manifest, layers: [{ ...layer, size: -1 }] }],
    ['size at layers[0]', { ...manifest, layers: [{ ...layer, size: 1.5 }] }],
    ['size at layers[0]', { ...manifest, layers: [{ ...layer, size: 2 ** 53 }] }],
    ['size at layers[0]', { ...manifest, layers: [{ ...layer, size: '1' }] }],
    ['urls', { ...manifest, layers: [{ ...layer, urls: [1] }] }],
    ['annotations', { ...manifest, annotations: { a: 1 } }],
    ['annotations', { ...manifest, layers: [{ ...layer, annotations: [] }] }],
    ['platform', { ...manifest, layers: [{ ...layer, platform: { os: 'linux' } }] }],
    ['data', { ...manifest, layers: [{ ...layer, data: 1 }] }],
    ['subject', { ...manifest, subject: 'x' }],
    ['artifactType', { ...manifest, artifactType: 1 }],
  ])('are refused: %s', (what, value) => {
    expect(() => parse(parseManifest, value, oci.manifest)).toThrow(error(what));
  });

  it('are refused over 4 MiB, or under the media type of something else', () => {
    expect(() => parse(parseManifest, Buffer.alloc(4 * 1024 * 1024 + 1, ' '), oci.manifest)).toThrow(
      error('more than'),
    );
    expect(() => parse(parseManifest, manifest, oci.index)).toThrow(error('unexpected media type'));
  });

  it('name config and layers; an index its manifests; a config nothing', () => {
    expect(parse((bytes, of) => children(of, bytes), manifest, oci.manifest)).toEqual([config, layer]);
    expect(parse((bytes, of) => children(of, bytes), index, oci.index)).toEqual(index.manifests);
    expect(parse((bytes, of) => children(of, bytes), image, oci.config)).toEqual([]);
  });
});

describe('indexes', () => {
  it('are read', () => expect(parse(parseIndex, index, oci.index)).toEqual(index));

  it.each<[string, unknown]>([
    ['no list "manifests"', { ...index, manifests: undefined }],
    ['more than 4096', { ...index, manifests: Array(4097).fill(config) }],
    ['config or layers', { ...index, layers: [] }],
    ['config or layers', { ...index, config }],
    [
      'os.features',
      { ...index, manifests: [{ ...config, platform: { os: 'a', architecture: 'b', 'os.features': 1 } }] },
    ],
    ['variant', { ...index, manifests: [{ ...config, platform: { os: 'a', architecture: 'b', variant: 1 } }] }],
  ])('are refused: %s', (what, value) => {
    expect(() => parse(parseIndex, value, oci.index)).toThrow(error(what));
  });
});

describe('configs', () => {
  it('are read', () => {
    expect(parse(parseConfig, image, oci.config)).toEqual(image);
    const bare = { ...image, rootfs: { type: 'layers', diff_ids: null } };
    expect(parse(parseConfig, bare, oci.config)).toMatchObject({ rootfs: { diff_ids: [] } });
  });

  it.each<[string, unknown]>([
    ['no os', { ...image, os: undefined }],
    ['no architecture', { ...image, architecture: 1 }],
    ['variant', { ...image, variant: 1 }],
    ['rootfs', { ...image, rootfs: undefined }],
    ['rootfs', { ...image, rootfs: { type: 'other', diff_ids: [] } }],
    ['diff_ids', { ...image, rootfs: { type: 'layers', diff_ids: ['x'] } }],
    ['diff_ids', { ...image, rootfs: { type: 'layers', diff_ids: {} } }],
    ['history', { ...image, history: [1] }],
    ['config', { ...image, config: [] }],
  ])('are refused: %s', (what, value) => {
    expect(() => parse(parseConfig, value, oci.config)).toThrow(error(what));
  });
});

describe('any JSON', () => {
  it('is read or refused with an error of ours', () => {
    const shape = fc.oneof(
      fc.jsonValue(),
      fc.jsonValue().chain((value) =>
        fc.constantFrom('config', 'layers', 'manifests', 'rootfs', 'annotations', 'mediaType').map((key) => ({
          ...manifest,
          ...image,
          [key]: value,
        })),
      ),
    );
    fc.assert(
      fc.property(shape, fc.constantFrom<Parse>(parseManifest, parseIndex, parseConfig), (value, how) => {
        for (const mediaType of [oci.manifest, oci.index]) {
          try {
            parse(how, value, mediaType);
          } catch (thrown) {
            expect(thrown).toMatchObject({ code: 'INGOT_MANIFEST' });
          }
        }
      }),
      { seed: 1, numRuns: 1000 },
    );
  });
});

describe('encodeJson', () => {
  it('has one form only', () => {
    const text = (value: unknown): string => Buffer.from(encodeJson(value)).toString();
    expect(text({ b: 1, a: [true, null, { d: 'é"', c: undefined }], 10: 0, 9: 0, Z: 0 })).toBe(
      '{"10":0,"9":0,"Z":0,"a":[true,null,{"d":"é\\""}],"b":1}',
    );
    for (const wrong of [Number.NaN, [undefined], () => 1, 1n, undefined]) expect(() => text(wrong)).toThrow(TypeError);
  });

  it('says the same as JSON, whatever the order of the keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const bytes = encodeJson(value);
        expect(JSON.parse(Buffer.from(bytes).toString())).toEqual(JSON.parse(JSON.stringify(value)));
        const turned = Object.fromEntries(Object.entries(value).reverse());
        if (!Object.hasOwn(value, '__proto__')) expect(encodeJson(turned)).toEqual(bytes);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
