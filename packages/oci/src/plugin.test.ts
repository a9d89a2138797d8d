import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { TargetConfiguration } from '@nx/devkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNodes, createNodesV2, type OciPluginOptions } from './plugin.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ingot-plugin-'));
});
afterEach(() => rm(root, { recursive: true }));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
}

async function infer(files: string[], options?: OciPluginOptions) {
  const context = { workspaceRoot: root, nxJsonConfiguration: { plugins: ['@ingot/oci/plugin'] } };
  const results = await createNodes[1](files, options, context);
  return Object.fromEntries(results.map(([, { projects }]) => Object.entries(projects!)[0]!));
}

/** The inputs but those that stand for the plugin itself. */
function ownInputs(target: TargetConfiguration | undefined) {
  return target?.inputs?.filter((input) => {
    const text = JSON.stringify(input);
    return !text.includes('{workspaceRoot}') && !text.includes('externalDependencies');
  });
}

const head = (name: string, from = 'scratch') => `ingot: image/v1\nname: ${name}\nversion: 0.1.0\nfrom: ${from}\n`;

describe('createNodes', () => {
  it('is exported under both names, until Nx 24', () => {
    expect(createNodesV2).toBe(createNodes);
    expect(createNodes[0]).toBe('**/{image,artifact}.yaml');
  });

  it('gives a folder with an image.yaml its targets, and needs no other project file', async () => {
    await write({
      'apps/a/image.yaml': `${head('hello', 'project:base')}layers:\n  - files: [{ from: www, to: /www }]\n`,
      'apps/b/image.yaml': 'apiVersion: of another tool\n',
    });
    const projects = await infer(['apps/a/image.yaml', 'apps/b/image.yaml']);
    expect(Object.keys(projects)).toEqual(['apps/a']);
    const { name, targets } = projects['apps/a']!;
    expect(name).toBe('hello');
    expect(targets!['image']).toMatchObject({
      executor: '@ingot/oci:image',
      cache: true,
      options: { outputPath: 'apps/a/dist/image' },
      outputs: ['{options.outputPath}', '{options.outputPath}.json'],
      dependsOn: [{ projects: ['base'], target: 'image' }, 'build'],
    });
    expect(ownInputs(targets!['image'])).toEqual([
      '{projectRoot}/image.yaml',
      '{projectRoot}/www',
      '{projectRoot}/www/**/*',
      { dependentTasksOutputFiles: '**/image.json', transitive: false },
      { dependentTasksOutputFiles: '**/www', transitive: false },
      { dependentTasksOutputFiles: '**/www/**/*', transitive: false },
      { env: 'SOURCE_DATE_EPOCH' },
    ]);
    expect(targets!['export']).toMatchObject({ executor: '@ingot/oci:export', dependsOn: ['image'] });
  });

  it("takes Nx's own name for the project where there is one", async () => {
    await write({
      'a/image.yaml': head('x'),
      'a/package.json': '{ "name": "@scope/a" }',
      'b/image.yaml': head('y'),
      'b/project.json': '{ "name": "bee" }',
    });
    const projects = await infer(['a/image.yaml', 'b/image.yaml']);
    expect(Object.values(projects).map(({ name }) => name)).toEqual(['@scope/a', 'bee']);
  });

  it("makes other projects' targets run first, and their output an input", async () => {
    await write({
      'a/image.yaml': `${head('a')}layers:\n  - files:\n      - { from: 'dist/{arch}/x', project: tool, target: make, to: /x }\n      - { from: dist/y, target: bundle, to: /y }\n`,
    });
    const image = (await infer(['a/image.yaml']))['a']!.targets!['image'];
    expect(image!.dependsOn).toEqual([{ projects: ['tool'], target: 'make' }, 'bundle']);
    expect(ownInputs(image)).toEqual([
      '{projectRoot}/image.yaml',
      ...['**/dist/*/x', '**/dist/*/x/**/*', '**/dist/y', '**/dist/y/**/*'].map((glob) => ({
        dependentTasksOutputFiles: glob,
        transitive: false,
      })),
      { env: 'SOURCE_DATE_EPOCH' },
    ]);
  });

  it("widens globs that Nx's could read otherwise", async () => {
    await write({ 'a/image.yaml': `${head('a')}layers:\n  - files: [{ from: 'www/[a-c]*/x', to: /x }]\n` });
    expect(ownInputs((await infer(['a/image.yaml']))['a']!.targets!['image'])).toContain('{projectRoot}/www/**/*');
  });

  it('does not cache what comes from where no hash reaches', async () => {
    await write({ 'a/image.yaml': head('a', 'docker-daemon:nginx:1') });
    expect((await infer(['a/image.yaml']))['a']!.targets!['image']!.cache).toBe(false);
  });

  it('names targets and defaults as nx.json says', async () => {
    await write({ 'a/image.yaml': head('a', 'project:b') });
    const options = { imageTarget: 'oci', exportTarget: 'save', labels: { vendor: 'x' }, platforms: ['linux/arm64'] };
    const { targets } = (await infer(['a/image.yaml'], options))['a']!;
    expect(Object.keys(targets!)).toEqual(['oci', 'save', 'reproduce']);
    expect(targets!['oci']).toMatchObject({
      dependsOn: [{ projects: ['b'], target: 'oci' }],
      options: { labels: { vendor: 'x' }, platforms: ['linux/arm64'] },
    });
    expect(targets!['save']!.dependsOn).toEqual(['oci']);
  });

  it('keeps the project of a broken file, by its name, so that running its target says what is wrong', async () => {
    await write({ 'a/image.yaml': 'ingot: image/v1\nname: hello\nlayers: [\n', 'b/image.yaml': 'ingot: image/v1\n' });
    const projects = await infer(['a/image.yaml', 'b/image.yaml']);
    expect(Object.values(projects).map(({ name }) => name)).toEqual(['hello', 'b']);
  });

  it('names a project by its folder where the file gives it no name that can be one', async () => {
    await write({ 'image.yaml': 'ingot: image/v1\n', 'b/image.yaml': 'ingot: image/v1\nname: "b c:{d}"\n' });
    const projects = await infer(['image.yaml', 'b/image.yaml']);
    expect(Object.values(projects).map(({ name }) => name)).toEqual([basename(root), 'b']);
  });

  it('leaves a circle open, so that the executor can say where it is', async () => {
    await write({
      'a/image.yaml': head('a', 'project:b'),
      'b/image.yaml': head('b', 'project:a'),
      'c/image.yaml': head('c', 'project:a'),
    });
    const projects = await infer(['a/image.yaml', 'b/image.yaml', 'c/image.yaml']);
    expect(Object.values(projects).map(({ targets }) => targets!['image']!.dependsOn)).toEqual([
      [],
      [],
      [{ projects: ['a'], target: 'image' }],
    ]);
  });

  it('refuses a name that a script of package.json has, and goes on with the others', async () => {
    await write({
      'a/image.yaml': head('a'),
      'a/package.json': '{\n  "scripts": { "image": "docker build" }\n}\n',
      'b/image.yaml': head('b'),
    });
    const error: unknown = await infer(['a/image.yaml', 'b/image.yaml']).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ errors: [['a/image.yaml', expect.any(Error)]], partialResults: [{}, {}] });
    expect((error as { errors: [string, Error][] }).errors[0]![1].message).toContain(
      'a/image.yaml:1:1  INGOT_TARGET_CLASH  the target "image" is claimed by the script "image" in a/package.json:2:16, too',
    );
  });

  it('gives a folder with an artifact.yaml its target', async () => {
    await write({
      'a/artifact.yaml': `ingot: artifact/v1
name: iso
version: 1.0.0
files:
  - { from: notes.txt }
  - { from: 'dist/*.iso', project: solution, target: pack }
`,
      'b/artifact.yaml': 'ingot: artifact/v1\nname: b\nversion: package.json\n',
      'c/artifact.yaml': 'kind: of another tool\n',
    });
    const projects = await infer(['a/artifact.yaml', 'b/artifact.yaml', 'c/artifact.yaml']);
    expect(Object.keys(projects)).toEqual(['a', 'b']);
    const { name, targets } = projects['a']!;
    expect(name).toBe('iso');
    expect(targets!['artifact']).toMatchObject({
      executor: '@ingot/oci:artifact',
      cache: true,
      options: { outputPath: 'a/dist/artifact' },
      outputs: ['{options.outputPath}', '{options.outputPath}.json'],
      dependsOn: ['build', { projects: ['solution'], target: 'pack' }],
    });
    expect(ownInputs(targets!['artifact'])).toEqual([
      '{projectRoot}/artifact.yaml',
      '{projectRoot}/notes.txt',
      '{projectRoot}/notes.txt/**/*',
      ...['**/notes.txt', '**/notes.txt/**/*', '**/dist/*.iso', '**/dist/*.iso/**/*'].map((glob) => ({
        dependentTasksOutputFiles: glob,
        transitive: false,
      })),
      { env: 'SOURCE_DATE_EPOCH' },
    ]);
    expect(projects['b']!.targets!['artifact']!.inputs).toContain('{projectRoot}/package.json');
  });

  it('lets an image.yaml and an artifact.yaml share a folder, under the name that the image has', async () => {
    await write({ 'a/artifact.yaml': 'ingot: artifact/v1\nname: files\n', 'a/image.yaml': head('hello') });
    const context = { workspaceRoot: root, nxJsonConfiguration: { plugins: ['@ingot/oci/plugin'] } };
    const results = await createNodes[1](['a/artifact.yaml', 'a/image.yaml'], { artifactTarget: 'files' }, context);
    const found = results.map(([file, { projects }]) => [file, projects!['a']!.name, projects!['a']!.targets]);
    expect(found).toEqual([
      ['a/image.yaml', 'hello', expect.objectContaining({ image: expect.anything() as unknown })],
      ['a/artifact.yaml', 'hello', expect.objectContaining({ files: expect.anything() as unknown })],
    ]);
  });

  it('is the same whenever it runs: nothing of the clock or the environment gets in', async () => {
    await write({ 'a/image.yaml': head('a') });
    const first = await infer(['a/image.yaml']);
    process.env['SOURCE_DATE_EPOCH'] = '1';
    expect(await infer(['a/image.yaml'])).toEqual(first);
    delete process.env['SOURCE_DATE_EPOCH'];
  });
});
