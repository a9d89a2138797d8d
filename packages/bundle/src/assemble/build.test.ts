import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { LayoutStore } from '@ingot/content';
import { formatError } from '@ingot/workspace';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readBundleFile } from '../description/bundle.ts';
import { treeOfImage } from '../tree/from-image.ts';
import type { BundleTree } from '../tree/tree.ts';
import { buildBundle, type BundleResult } from './build.ts';

const digest = `sha256:${'d'.repeat(64)}`;
let root: string;
beforeEach(async () => void (root = await mkdtemp(join(tmpdir(), 'ingot-bundle-build-'))));
afterEach(() => rm(root, { recursive: true }));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

/** Builds `p/bundle.yaml`, whose manifests may name the image of `server`. */
async function build(text: string, output = 'bundle'): Promise<{ result: BundleResult; tree: BundleTree }> {
  await write({ 'p/bundle.yaml': `ingot: bundle/v1\nname: notes\nversion: 1.0.0\n${text}` });
  const folder = join(root, 'p');
  const result = await buildBundle(await readBundleFile(join(folder, 'bundle.yaml')), {
    layoutDir: join(folder, 'dist', output),
    resultFile: join(folder, 'dist', `${output}.json`),
    workspaceRoot: root,
    time: 0,
    folderOf: ({ from }) => ({ base: folder, boundary: folder, from }),
    images: {
      isProject: (name) => name === 'server',
      imageOf: (project) => Promise.resolve({ repository: `r.example/${project}`, digest, version: '2.0.0' }),
    },
  });
  const { mediaType, size } = result;
  const image = { mediaType, digest: result.digest, size };
  return { result, tree: await treeOfImage(new LayoutStore(join(folder, 'dist', output)), image) };
}

const refused = async (text: string): Promise<string> => {
  const error: unknown = await build(text).then(
    () => new Error('nothing was wrong'),
    (thrown: unknown) => thrown,
  );
  return formatError(error, { cwd: root });
};

/** Path and, of files, the text. */
const contents = ({ entries }: BundleTree) =>
  Object.fromEntries(
    [...entries.values()].map((each) => [
      each.path,
      each.type === 'file' ? String(Buffer.from(each.content!)) : each.type,
    ]),
  );

const plain = 'format: plain\nmanifests: [manifests]\n';

describe('a bundle', () => {
  it('holds its manifests, with the images of projects by digest', async () => {
    await write({
      'p/manifests/a.yaml': '# of project:server\nimage: project:server # here\n',
      'p/manifests/NOTES': 'as it is\n',
    });
    const { result, tree } = await build(plain);
    expect(contents(tree)).toEqual({
      manifests: 'directory',
      'manifests/NOTES': 'as it is\n',
      'manifests/a.yaml': `# of project:server\nimage: r.example/server@${digest} # here\n`,
    });
    expect(result.bundle).toEqual({
      format: 'plain',
      consumers: ['rukpak'],
      images: [{ project: 'server', reference: `r.example/server@${digest}` }],
      sources: { 'manifests/NOTES': 'p/manifests/NOTES', 'manifests/a.yaml': 'p/manifests/a.yaml' },
    });
    expect(result.platforms).toMatchObject([{ platform: 'linux/amd64' }]);
  });

  it('has the same bytes whatever the modes of the files are, and lets every user read them', async () => {
    await write({ 'p/manifests/a.yaml': 'kind: A\n' });
    const one = await build(plain);
    await chmod(join(root, 'p/manifests'), 0o700);
    await chmod(join(root, 'p/manifests/a.yaml'), 0o700);
    const other = await build(plain, 'other');
    expect(other.result.digest).toBe(one.result.digest);
    expect([...other.tree.entries.values()].map(({ mode }) => mode.toString(8))).toEqual(['755', '644']);
  });

  it('leaves texts alone that look like images and are none', async () => {
    const text = 'record: project:http_requests:rate5m\nlevel: project:other\n';
    await write({ 'p/manifests/a.yaml': text });
    expect(contents((await build(plain)).tree)['manifests/a.yaml']).toBe(text);
  });

  it('names images in documents with a key twice, in JSON, and beside a text with a #', async () => {
    await write({
      'p/manifests/a.yaml': 'a: 1\na: 2\nimage: project:server\n',
      'p/manifests/b.json': '{"image":"project:server"}\n{"args":["a #b", "project:server"]}\n',
    });
    const found = contents((await build(plain)).tree);
    const reference = `r.example/server@${digest}`;
    expect(found['manifests/a.yaml']).toBe(`a: 1\na: 2\nimage: ${reference}\n`);
    expect(found['manifests/b.json']).toBe(`{"image":"${reference}"}\n{"args":["a #b", "${reference}"]}\n`);
  });

  it('of the format registry says its package in metadata/annotations.yaml and on its labels', async () => {
    await write({ 'p/manifests/a.yaml': 'kind: A\n', 'p/extra/properties.yaml': 'properties: []\n' });
    const { tree } = await build(
      `format: registry
manifests: [manifests]
registry: { package: notes, channels: [fast, 'on'], annotations: { a.example/b: yes }, metadata: [extra/properties.yaml] }
labels: { own: label }
`,
    );
    const text = contents(tree)['metadata/annotations.yaml']!;
    expect(text).toContain('channels.v1: fast,on\n');
    expect(text).toContain('a.example/b: "yes"\n');
    expect(tree.entries.has('metadata/properties.yaml')).toBe(true);
    expect(tree.labels).toMatchObject({
      'operators.operatorframework.io.bundle.package.v1': 'notes',
      'operators.operatorframework.io.bundle.channel.default.v1': 'fast',
      'a.example/b': 'yes',
      own: 'label',
    });
  });

  it('of the format helm is the chart without what its .helmignore names, with images in parts', async () => {
    await write({
      'p/chart/Chart.yaml': 'apiVersion: v2\nname: notes\nversion: 1.0.0\n',
      'p/chart/values.yaml': 'repository: project:server#repository\ntag: project:server#version\n',
      'p/chart/templates/a.yaml': 'image: {{ .Values.repository }}\n',
      'p/chart/templates/draft.yaml': 'image: none\n',
      'p/chart/.helmignore': '# not yet\ndraft.yaml\n',
    });
    const { tree } = await build('format: helm\nchart: chart\n');
    const { 'templates/draft.yaml': draft, ...files } = contents(tree);
    expect(draft).toBeUndefined();
    expect(files['values.yaml']).toBe('repository: r.example/server\ntag: 2.0.0\n');
    expect(files['templates/a.yaml']).toBe('image: {{ .Values.repository }}\n');
  });

  it('leaves what was there before where it fails', async () => {
    await write({ 'p/manifests/a.yaml': 'kind: A\n' });
    await build(plain);
    const before = await readFile(join(root, 'p/dist/bundle.json'), 'utf8');
    await write({ 'p/manifests/a.yaml': 'image: project:server#tag\n' });
    expect(await refused(plain)).toContain('p/manifests/a.yaml:1:8  INGOT_BUNDLE_IMAGE_PART  an image has no "tag"');
    expect(await readFile(join(root, 'p/dist/bundle.json'), 'utf8')).toBe(before);
  });
});

describe('what is wrong', () => {
  it('is told at its place: two files of one path', async () => {
    await write({ 'p/a/x.yaml': '', 'p/b/x.yaml': '' });
    expect(await refused('format: plain\nmanifests: [a, b]\n')).toMatch(
      /^p\/bundle\.yaml:5:16 {2}INGOT_BUNDLE_PATH {2}\/manifests\/x\.yaml/,
    );
  });

  it('is told at its place: a link', async () => {
    await write({ 'p/manifests/a.yaml': '' });
    await symlink('a.yaml', join(root, 'p/manifests/b.yaml'));
    expect(await refused(plain)).toMatch(/^p\/bundle\.yaml:5:13 {2}INGOT_BUNDLE_LINK {2}manifests\/b\.yaml/);
  });

  it('is told at its place: an image that is not written in one piece, or in what is no YAML', async () => {
    await write({ 'p/manifests/a.yaml': 'image: >-\n  project:server\n' });
    expect(await refused(plain)).toMatch(/^p\/manifests\/a\.yaml:1:8 {2}INGOT_BUNDLE_IMAGE_TEXT/);
    await write({ 'p/manifests/a.yaml': '---\na: 1\n---\nimage: project:server\nb: [\n' });
    expect(await refused(plain)).toMatch(/^p\/manifests\/a\.yaml:[56]:\d+ {2}INGOT_BUNDLE_IMAGE_TEXT/);
  });

  it('is told at its place: a source that leads out, or is not there', async () => {
    expect(await refused('format: plain\nmanifests: [../x]\n')).toContain('p/bundle.yaml:5:13  INGOT_IMAGE_PATH');
    expect(await refused('format: plain\nmanifests: [manifest]\n')).toContain(
      'p/bundle.yaml:5:13  INGOT_IMAGE_NO_FILES',
    );
  });

  it('is told at its place: an image in a template, and a .helmignore that Helm refuses', async () => {
    await write({ 'p/chart/Chart.yaml': '', 'p/chart/templates/a.yaml': 'spec:\n  - image: project:server\n' });
    const helm = 'format: helm\nchart: chart\n';
    expect(await refused(helm)).toMatch(/^p\/chart\/templates\/a\.yaml:2:5 {2}INGOT_BUNDLE_TEMPLATE/);
    await write({ 'p/chart/templates/a.yaml': '', 'p/chart/.helmignore': 'a/**\n' });
    expect(await refused(helm)).toMatch(/^p\/bundle\.yaml:5:1 {2}INGOT_BUNDLE_HELMIGNORE/);
  });
});
