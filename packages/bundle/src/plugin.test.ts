import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TargetConfiguration } from '@nx/devkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDependencies, createNodes, type BundlePluginOptions } from './plugin.ts';

let root: string;
beforeEach(async () => void (root = await mkdtemp(join(tmpdir(), 'ingot-bundle-plugin-'))));
afterEach(() => rm(root, { recursive: true }));

const plugins: unknown[] = [
  { plugin: '@ingot/oci/plugin', options: { registry: 'registry.example/team' } },
  '@ingot/bundle/plugin',
];

async function infer(files: Readonly<Record<string, string>>, options?: BundlePluginOptions) {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  const ours = Object.keys(files).filter((name) => /(bundle|catalog)\.yaml$/.test(name));
  const context = { workspaceRoot: root, nxJsonConfiguration: { plugins: plugins as string[] } };
  const results = await createNodes[1](ours, options, context);
  return Object.fromEntries(results.map(([, { projects }]) => Object.entries(projects!)[0]!));
}

/** The inputs but those that stand for the plugin itself. */
const ownInputs = (target: TargetConfiguration) =>
  target.inputs!.filter((input) => !/\{workspaceRoot\}|externalDependencies/.test(JSON.stringify(input)));

const made = (glob: string) => ({ dependentTasksOutputFiles: `**/${glob}`, transitive: false });

const plain = `ingot: bundle/v1
name: notes
version: package.json
format: plain
manifests: [manifests, { from: dist/crds, project: api, target: crds }]
images: [sidecar]
`;

describe('the plugin', () => {
  it('gives a bundle its targets, with the images that its manifests name', async () => {
    const projects = await infer({ 'a/bundle.yaml': plain, 'a/manifests/x.yaml': 'image: project:server\n' });
    const { name, targets } = projects['a']!;
    expect(name).toBe('notes');
    expect(Object.keys(targets!)).toEqual(['bundle', 'verify', 'reproduce']);
    expect(targets!['bundle']).toMatchObject({
      executor: '@ingot/bundle:bundle',
      cache: true,
      options: { outputPath: 'a/dist/bundle', registry: 'registry.example/team' },
      outputs: ['{options.outputPath}', '{options.outputPath}.json'],
      dependsOn: ['build', { projects: ['api'], target: 'crds' }, { projects: ['server', 'sidecar'], target: 'image' }],
    });
    expect(ownInputs(targets!['bundle']!)).toEqual([
      '{projectRoot}/bundle.yaml',
      '{projectRoot}/package.json',
      '{projectRoot}/manifests',
      '{projectRoot}/manifests/**/*',
      ...['manifests', 'manifests/**/*', 'dist/crds', 'dist/crds/**/*', 'image.json'].map(made),
      { env: 'SOURCE_DATE_EPOCH' },
    ]);
    expect(targets!['verify']).toMatchObject({ dependsOn: ['bundle'], cache: true, outputs: [] });
    expect(ownInputs(targets!['verify']!)).toEqual([made('bundle.json')]);
  });

  it('pushes what a bundle names before it', async () => {
    const text = `${plain}repository: registry.example/notes\n`;
    const projects = await infer({ 'a/bundle.yaml': text, 'a/manifests/x.yaml': 'image: project:server\n' });
    const { targets } = projects['a']!;
    expect(targets!['push']).toMatchObject({
      executor: '@ingot/bundle:push',
      cache: false,
      dependsOn: ['bundle', { projects: ['server', 'sidecar'], target: 'push' }],
      options: { file: 'bundle.yaml' },
    });
    expect(targets!['deploy-manifest']).toMatchObject({ dependsOn: ['push'], cache: false });
    expect(targets!['nx-release-publish']!.dependsOn).toEqual([
      'bundle',
      { projects: ['server', 'sidecar'], target: 'nx-release-publish' },
    ]);
  });

  it('tells nx release where the version stands, unless npm knows it', async () => {
    const text = `${plain}repository: registry.example/notes\n`;
    const own = text.replace('package.json', '1.0.0');
    const projects = await infer({ 'a/bundle.yaml': text, 'b/bundle.yaml': own });
    expect(projects['a']).not.toHaveProperty('release');
    expect(projects['b']).toMatchObject({ release: { version: { versionActions: '@ingot/oci/version-actions' } } });
  });

  it('follows the names that @ingot/oci’s targets were given', async () => {
    const options = { imageTarget: 'container', pushTarget: 'publish' };
    plugins.splice(0, 1, { plugin: '@ingot/oci/plugin', options });
    try {
      const projects = await infer({ 'a/bundle.yaml': `${plain}repository: registry.example/notes\n` });
      const { targets } = projects['a']!;
      expect(targets!['bundle']!.dependsOn).toContainEqual({ projects: ['sidecar'], target: 'container' });
      expect(targets!['push']!.dependsOn).toContainEqual({ projects: ['sidecar'], target: 'publish' });
    } finally {
      plugins.splice(0, 1, { plugin: '@ingot/oci/plugin', options: { registry: 'registry.example/team' } });
    }
  });

  it('gives a catalog the bundles of its projects, and what ingot.lock pins', async () => {
    const locked = `registry.example/old:1.0.0@sha256:${'a'.repeat(64)}`;
    const projects = await infer({
      'ingot.lock': `ingot: lock/v1\nimages:\n  - image: ${locked}\n`,
      'c/catalog.yaml': `ingot: catalog/v1
name: list
version: 1.0.0
packages: [{ name: notes, defaultChannel: stable, channels: [{ name: stable }] }]
bundles: ['project:notes-2', 'docker://registry.example/old:1.0.0']
repository: registry.example/list
`,
    });
    const { targets } = projects['c']!;
    expect(Object.keys(targets!)).toEqual([
      ...['catalog', 'verify', 'reproduce', 'push', 'preflight', 'deploy-manifest', 'nx-release-publish'],
    ]);
    expect(targets!['catalog']).toMatchObject({
      options: { outputPath: 'c/dist/catalog', locked: [locked] },
      dependsOn: [{ projects: ['notes-2'], target: 'bundle' }],
    });
    expect(ownInputs(targets!['catalog']!)).toContainEqual(made('bundle.json'));
    expect(targets!['push']!.dependsOn).toEqual(['catalog', { projects: ['notes-2'], target: 'push' }]);
  });

  it('takes names of targets from nx.json', async () => {
    const options = {
      bundleTarget: 'pack',
      verifyTarget: 'check',
      deployManifestTarget: 'deploy',
      imageTarget: 'container',
    };
    const projects = await infer({ 'a/bundle.yaml': `${plain}repository: r.example/n\n` }, options);
    const { targets } = projects['a']!;
    expect(Object.keys(targets!)).toEqual(expect.arrayContaining(['pack', 'check', 'deploy']));
    expect(targets!['pack']!.dependsOn).toContainEqual({ projects: ['sidecar'], target: 'container' });
  });

  it('leaves other tools’ files alone, and names files that claim the same target', async () => {
    expect(await infer({ 'a/bundle.yaml': 'apiVersion: of another tool\n' })).toEqual({});
    const image = 'ingot: image/v1\nname: a\nversion: 1.0.0\nrepository: r.example/a\n';
    const bundle = `${plain}repository: r.example/n\n`;
    await expect(infer({ 'b/image.yaml': image, 'b/bundle.yaml': bundle })).rejects.toMatchObject({
      errors: [
        ['b/bundle.yaml', { message: expect.stringContaining('b/image.yaml:1:1') as string }],
        expect.anything(),
      ],
    });
    expect(await infer({ 'd/image.yaml': image, 'd/bundle.yaml': plain })).toHaveProperty('d');
  });

  it('knows every project that a bundle names as its dependency', () => {
    const target = { executor: '@ingot/bundle:bundle', dependsOn: [{ projects: ['server', 'gone'], target: 'image' }] };
    const projects = { notes: { root: 'a', targets: { bundle: target } }, server: { root: 's' } };
    expect(createDependencies({}, { projects } as never)).toMatchObject([{ source: 'notes', target: 'server' }]);
  });
});
