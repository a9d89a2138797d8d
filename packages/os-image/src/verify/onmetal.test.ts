import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, oci, type Descriptor } from '@ingot/content';
import { describe, expect, it } from 'vitest';
import { makeOnmetal } from '../format/onmetal/make.ts';
import type { FormatResult } from '../format/format.ts';
import { madeFormat } from './test/made.ts';

const made = madeFormat('onmetal', makeOnmetal);
const { verify } = made;

interface Manifest {
  config: Descriptor;
  layers: Descriptor[];
}

const blob = (digest: string): string => join(made.folder(), 'blobs/sha256', digest.slice(7));

function put(bytes: Uint8Array, mediaType: string): Descriptor {
  const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length };
  writeFileSync(blob(descriptor.digest), bytes, { mode: 0o444 });
  return descriptor;
}

/** Writes another manifest in place of ours. */
function changed(change: (manifest: Manifest) => unknown): FormatResult {
  const root = made.result().roots[0]!;
  const manifest = JSON.parse(readFileSync(blob(root.digest), 'utf8')) as Manifest;
  const other = put(Buffer.from(JSON.stringify(change(manifest) ?? manifest)), oci.manifest);
  writeFileSync(join(made.folder(), 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [other] }));
  return { ...made.result(), roots: [{ ...root, ...other }] };
}

const configured = (config: string | Uint8Array, mediaType?: string) => () =>
  changed((manifest) => {
    manifest.config = put(Buffer.from(config), mediaType ?? manifest.config.mediaType);
  });

describe("onmetal-image's rules", () => {
  it('find nothing wrong with what we make', async () => {
    expect(await verify()).toEqual([]);
  });

  it.each([
    [
      'an unknown layer type',
      'layer-type',
      () => changed(({ layers }) => void layers.push(put(Buffer.from('x'), 'application/x'))),
    ],
    [
      "IronCore's layer types",
      'layer-type',
      () =>
        changed(({ layers }) =>
          layers.forEach((layer) =>
            Object.assign(layer, { mediaType: layer.mediaType.replace('onmetal', 'ironcore') }),
          ),
        ),
    ],
    ['no root file system', 'incomplete', () => changed(({ layers }) => void layers.splice(0, 1))],
    ['no initramfs', 'incomplete', () => changed(({ layers }) => void layers.splice(1, 1))],
    ['no kernel', 'incomplete', () => changed(({ layers }) => void layers.splice(2, 1))],
    ['a config of another type', 'config', configured('{}', oci.config)],
    ['a config that is no JSON', 'config', configured('commandLine')],
    ['a config that is no object', 'config', configured('[]')],
    ['a command line that is no text', 'config', configured('{"commandLine":7}')],
    ['a manifest that is none', 'manifest', () => changed(() => ({ schemaVersion: 2 }))],
    ['an image that index.json does not name', 'index', () => index([])],
    ['an index.json that is none', 'index', () => void writeFileSync(join(made.folder(), 'index.json'), '{')],
    ['no index.json', 'index', () => rmSync(join(made.folder(), 'index.json'))],
    ['no oci-layout', 'layout', () => rmSync(join(made.folder(), 'oci-layout'))],
    ['another oci-layout', 'layout', () => void writeFileSync(join(made.folder(), 'oci-layout'), '{}')],
    ['a tag that is short', 'tag', () => index([named('v1')])],
    ['a tag without a host', 'tag', () => index([named('team/demo:v1')])],
    ['a tag without a tag', 'tag', () => index([named('registry.example/demo')])],
  ] as [string, string, () => FormatResult | void][])('refuse %s', async (_, rule, change) => {
    const findings = await verify(change());
    expect(findings.filter(({ level }) => level === 'error').map((finding) => finding.rule)).toContain(
      `onmetal/${rule}`,
    );
  });

  it('take full references, also of a local registry', async () => {
    index([plain(), named('registry.example/team/demo:v1'), named('localhost/demo:v1'), named('host:5000/demo:v1')]);
    expect(await verify()).toEqual([]);
  });

  it('refuse a layer that is missing, or is another', async () => {
    const { layers } = JSON.parse(readFileSync(blob(made.result().roots[0]!.digest), 'utf8')) as Manifest;
    const kernel = blob(layers[2]!.digest);
    chmodSync(kernel, 0o644);
    writeFileSync(kernel, 'kernel of mips!');
    chmodSync(kernel, 0o444);
    expect(await verify()).toEqual([expect.objectContaining({ level: 'error', rule: 'onmetal/blob' })]);
    rmSync(kernel);
    expect(await verify()).toEqual([expect.objectContaining({ level: 'error', rule: 'onmetal/blob' })]);
  });

  it('refuse a store without its manifest', async () => {
    rmSync(blob(made.result().roots[0]!.digest));
    expect(await verify()).toEqual([expect.objectContaining({ level: 'error', rule: 'onmetal/manifest' })]);
  });

  it('warn of modes, of ingest, of a command line without root=', async () => {
    for (const name of readdirSync(join(made.folder(), 'blobs/sha256')))
      chmodSync(join(made.folder(), 'blobs/sha256', name), 0o644);
    rmSync(join(made.folder(), 'ingest'), { recursive: true });
    const findings = await verify(configured('{"commandLine":"quiet"}')());
    expect(findings.map(({ level, rule }) => `${level} ${rule}`).sort()).toEqual([
      'warning onmetal/config',
      'warning onmetal/ingest',
      'warning onmetal/mode',
    ]);
  });
});

function index(manifests: readonly object[]): void {
  writeFileSync(join(made.folder(), 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
}

function plain(): Descriptor {
  const { mediaType, digest, size } = made.result().roots[0]!;
  return { mediaType, digest, size };
}

function named(name: string): Descriptor {
  return { ...plain(), annotations: { 'org.opencontainers.image.ref.name': name } };
}
