import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatError } from '@ingot/workspace';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readBundleFile } from './bundle.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'ingot-bundle-file-'))));
afterEach(() => rm(folder, { recursive: true }));

async function read(text: string) {
  await writeFile(join(folder, 'bundle.yaml'), text);
  return readBundleFile(join(folder, 'bundle.yaml'));
}

/** Each as `line:column code message`. */
async function errors(text: string): Promise<string[]> {
  const error = await read(text).then(
    () => undefined,
    (thrown: unknown) => thrown as Error,
  );
  return formatError(error!, { cwd: folder })
    .split('\n')
    .filter((line) => line.startsWith('bundle.yaml'));
}

const head = (format: string) => `ingot: bundle/v1\nname: team/notes\nversion: 1.20\nformat: ${format}\n`;

describe('bundle.yaml', () => {
  it('is read with what it does not say', async () => {
    const bundle = await read(
      `${head('plain')}manifests: [a, { from: dist/*.yaml, target: gen, project: api, exclude: [b] }]\n`,
    );
    expect(bundle).toMatchObject({
      name: 'team/notes',
      version: '1.20',
      format: 'plain',
      files: [
        { from: 'a', to: '/manifests/', exclude: [] },
        { from: 'dist/*.yaml', to: '/manifests/', target: 'gen', project: 'api', exclude: ['b'] },
      ],
      registry: undefined,
      consumers: ['rukpak'],
      repositories: [],
      deploy: { apiVersion: 'v1alpha2', name: 'notes', insecureSkipTLSVerify: false },
    });
  });

  it('of the format registry has a package and its channels', async () => {
    const text = `${head('registry')}manifests: [m]\nregistry: { package: notes, channels: [fast, stable], annotations: { a: 1.10 }, metadata: [p.yaml] }\n`;
    expect(await read(text)).toMatchObject({
      consumers: ['rukpak', 'olm'],
      registry: {
        package: 'notes',
        channels: ['fast', 'stable'],
        defaultChannel: 'fast',
        annotations: { a: '1.10' },
        metadata: [{ from: 'p.yaml', to: '/metadata/' }],
      },
    });
  });

  it('of the format helm has a chart', async () => {
    const { files } = await read(`${head('helm')}chart: { from: dist/chart, target: package }\n`);
    expect(files).toMatchObject([{ from: 'dist/chart', to: '/', target: 'package' }]);
  });

  it.each([
    [`${head('plain')}`, 'bundle.yaml:4:1  INGOT_BUNDLE_KEY  the format plain needs manifests'],
    [
      `${head('helm')}chart: c\nmanifests: [a]\n`,
      'bundle.yaml:6:1  INGOT_BUNDLE_KEY  the format helm has no use for manifests',
    ],
    [
      `${head('plain')}manifests: [a]\ndeploy: { values: v }\n`,
      'bundle.yaml:6:11  INGOT_BUNDLE_KEY  the format plain has no use for deploy.values',
    ],
    [
      `${head('registry')}manifests: [a]\nregistry: { package: p, channels: [a], defaultChannel: b }\n`,
      'bundle.yaml:6:40  INGOT_BUNDLE_KEY  "b" is none of the channels',
    ],
    [
      `${head('registry')}manifests: [a]\nregistry: { package: P_Q, channels: [a, a] }\n`,
      'bundle.yaml:6:13  INGOT_FILE_VALUE',
    ],
    [
      `${head('plain')}manifests: [a]\nconsumers: [olm]\n`,
      'bundle.yaml:6:1  INGOT_BUNDLE_KEY  OLM v1 takes no bundle of the format plain',
    ],
    [`${head('plain')}manifests: [a]\nmanifest: [b]\n`, 'bundle.yaml:6:1  INGOT_FILE_KEY_UNKNOWN'],
    [`${head('deb')}manifests: [a]\n`, 'bundle.yaml:4:1  INGOT_FILE_VALUE'],
    [
      `${head('plain')}manifests: [a]\ndeploy: { apiVersion: v1alpha1, installNamespace: x }\n`,
      'bundle.yaml:6:33  INGOT_BUNDLE_DEPLOY',
    ],
    ['other: true\n', 'bundle.yaml:1:1  INGOT_BUNDLE_FILE'],
  ])('says what is wrong, and where: %s', async (text, wrong) => {
    expect((await errors(text)).map((line) => line.slice(0, wrong.length))).toContain(wrong);
  });
});
