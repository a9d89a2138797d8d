import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Descriptor } from '@ingot/content';
import { digestOf } from '@ingot/content';

import { NxWorkspace } from '../tools/nx-workspace.ts';
import type { RunResult } from '../tools/nx-workspace.ts';
import type { SampleImage } from './sample-layout.ts';
import { archiveOf, blobPath, sampleLayout } from './sample-layout.ts';

/** Where an error points (`7:5` in solution.yaml, or `file:7:5`), its code, and what it says. */
type Expected = readonly [place: string, code: string, text: RegExp];

interface BadSolution {
  readonly text: string | Uint8Array;
  readonly expected: readonly Expected[];
  /** Puts what solution.yaml names into the project's folder. */
  readonly prepare?: (folder: string) => void;
}

interface Parts {
  readonly name?: string;
  readonly version?: string;
  readonly image?: string;
  readonly more?: string;
}

const bad = new Map<string, BadSolution>();

/** A Solution with one mistake: everything that is not given is right. Line 5 has the image, `more` begins in line 6. */
function rejects(name: string, parts: Parts | string | Uint8Array, expected: Expected | Expected[], prepare?: Prepare) {
  const text = typeof parts === 'string' || parts instanceof Uint8Array ? parts : solution(parts);
  const list = (Array.isArray(expected[0]) ? expected : [expected]) as readonly Expected[];
  bad.set(name, { text, expected: list, ...(prepare ? { prepare } : {}) });
}
type Prepare = (folder: string) => void;

function solution({ name = 'sample', version = '1.2.3', image = tool, more = '' }: Parts): string {
  return `ingot: solution/v1\nname: ${name}\nversion: ${version}\nimages:\n  - ${image}\n${more}`;
}

const tool = '{ from: oci:image, name: tool, tag: 1.0.0 }';

function put(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

let image: SampleImage;

// YAML and its schema.
rejects('syntax', { more: 'ui: { image: tool\n' }, ['7:1', 'INGOT_YAML_SYNTAX', /./]);
rejects('tab', { more: 'ui:\n\timage: tool\n' }, ['7:1', 'INGOT_YAML_SYNTAX', /[Tt]ab/]);
rejects('double-key', { more: 'name: other\n' }, ['6:1', 'INGOT_YAML_SYNTAX', /"name" is there twice/]);
rejects('two-documents', { more: '---\ningot: solution/v1\n' }, ['6:1', 'INGOT_YAML_SYNTAX', /one YAML document/]);
rejects('no-images', 'ingot: solution/v1\nname: a\nversion: 1.0.0\n', ['1:1', 'INGOT_FILE_KEY_MISSING', /"images"/]);
rejects('empty-images', 'ingot: solution/v1\nname: a\nversion: 1.0.0\nimages: []\n', [
  '4:1',
  'INGOT_FILE_VALUE',
  /images/,
]);
rejects('images-type', 'ingot: solution/v1\nname: a\nversion: 1.0.0\nimages: project:a\n', [
  '4:1',
  'INGOT_FILE_TYPE',
  /images must be a list/,
]);
rejects('format', 'ingot: solution/v2\nname: a\nversion: 1.0.0\nimages: []\n', [
  '1:1',
  'INGOT_FILE_VERSION',
  /"solution\/v2"; did you mean "solution\/v1"/,
]);
rejects('unknown-key', { more: 'operater: { image: tool }\n' }, [
  '6:1',
  'INGOT_FILE_KEY_UNKNOWN',
  /unknown key "operater"; did you mean "operator"\?/,
]);
rejects('unknown-key-deep', { image: '{ from: oci:image, name: tool, tags: 1.0.0 }' }, [
  '5:36',
  'INGOT_FILE_KEY_UNKNOWN',
  /unknown key "tags"; did you mean "tag"\?/,
]);
rejects('alias-bomb', { more: `labels:\n${bomb()}` }, ['1:1', 'INGOT_YAML_ALIASES', /alias/i]);
rejects('several', { name: 'Sample', version: '1.0' }, [
  ['2:1', 'INGOT_SOLUTION_NAME', /"Sample"/],
  ['3:1', 'INGOT_SOLUTION_VERSION', /"1\.0"/],
]);

function bomb(): string {
  const levels = [...'bcdefghi'].map((name, i) => `  ${name}: &${name} [${`*${'abcdefgh'[i]},`.repeat(9)}]\n`);
  return ['  a: &a [x]\n', ...levels].join('');
}

// Names and versions.
rejects('name-capital', { name: 'Sample' }, ['2:1', 'INGOT_SOLUTION_NAME', /RFC 1123/]);
rejects('name-dot', { name: 'sam.ple' }, ['2:1', 'INGOT_SOLUTION_NAME', /RFC 1123/]);
rejects('name-path', { name: '../../sample' }, ['2:1', 'INGOT_SOLUTION_NAME', /RFC 1123/]);
rejects('name-newline', { name: '"sample\\n"' }, ['2:1', 'INGOT_SOLUTION_NAME', /RFC 1123/]);
rejects('name-empty', { name: '""' }, ['2:1', 'INGOT_SOLUTION_NAME', /RFC 1123/]);
rejects('name-number', { name: '123' }, ['2:1', 'INGOT_FILE_TYPE', /name must be a string, not a number/]);
rejects('name-long', { name: 'a'.repeat(64) }, ['2:1', 'INGOT_SOLUTION_NAME', /at most 63|RFC 1123/]);
rejects('name-metalk8s', { name: 'metalk8s-storage' }, ['2:1', 'INGOT_SOLUTION_NAME', /begins with metalk8s-/]);
for (const [name, version, text] of [
  ['bare', '1.0', /"1\.0".*number/],
  ['quoted', '"1.0"', /"1\.0".*number/],
  ['integer', '1', /"1".*number/],
  ['plus', '1.0.0+build', /\+ is not allowed/],
  ['underscore', '1.0.0-a_b', /_ is not allowed/],
  ['capitals', '1.0.0-RC1', /capitals/],
  ['v', 'v1.0.0', /X\.Y\.Z/],
  ['dots', '1..0', /X\.Y\.Z/],
  ['long', `1.0.0-${'a'.repeat(60)}`, /too long/],
  ['newline', '"1.0.0\\n"', /X\.Y\.Z/],
  ['empty', '""', /X\.Y\.Z/],
] as const) {
  rejects(`version-${name}`, { version }, ['3:1', 'INGOT_SOLUTION_VERSION', text]);
}
rejects('version-list', { version: '[1, 0, 0]' }, ['3:1', 'INGOT_FILE_TYPE', /version must be/]);
rejects('version-null', { version: '' }, ['3:1', 'INGOT_FILE_TYPE', /version must be/]);
rejects('package-none', { version: 'package.json' }, ['3:1', 'INGOT_PACKAGE_VERSION', /cannot be read/]);
rejects(
  'package-unversioned',
  { version: 'package.json' },
  ['3:1', 'INGOT_PACKAGE_VERSION', /has no version/],
  (folder) => put(folder, { 'package.json': '{ "name": "package-unversioned" }' }),
);
rejects(
  'package-bad',
  { version: 'package.json' },
  ['3:1', 'INGOT_SOLUTION_VERSION', /"1\.0\.0\+x".*\+ is not allowed/],
  (folder) => put(folder, { 'package.json': '{ "name": "package-bad", "version": "1.0.0+x" }' }),
);
rejects('volume-id', { more: `volumeId: ${'é'.repeat(17)}\n` }, ['6:1', 'INGOT_VOLUME_ID', /34 bytes.*32/]);
rejects('volume-id-default', { name: 'a-name-of-thirty-characters-no' }, ['2:1', 'INGOT_VOLUME_ID', /36 bytes/]);

// Images: names, tags, sources.
rejects('twice', { more: `  - ${tool}\n` }, ['6:5', 'INGOT_IMAGE_TWICE', /tool:1\.0\.0 is there twice.*line 5/]);
rejects('twice-alias', { image: '{ from: oci:image, name: tool, tag: 1.0.0, aliases: [a, 1.0.0] }' }, [
  '5:61',
  'INGOT_IMAGE_TWICE',
  /tool:1\.0\.0 is there twice/,
]);
rejects(
  'twice-number',
  { image: '{ from: oci:image, name: tool, tag: 1.10 }', more: '  - { from: oci:image, name: tool, tag: "1.10" }\n' },
  ['6:5', 'INGOT_IMAGE_TWICE', /tool:1\.10 is there twice/],
);
for (const [name, imageName] of [
  ['slash', 'team/tool'],
  ['capital', 'Tool'],
  ['dollar', 'tool$1'],
  ['brace', '"tool{{ 7*7 }}"'],
  ['quote', "'to\"ol'"],
  ['regex', '"tool.*"'],
  ['semicolon', '"tool;"'],
  ['newline', '"tool\\n"'],
  ['space', '"to ol"'],
  ['dots', '".."'],
  ['unicode', 'tööl'],
] as const) {
  rejects(`image-name-${name}`, { image: `{ from: oci:image, name: ${imageName}, tag: 1.0.0 }` }, [
    '5:24',
    'INGOT_IMAGE_NAME',
    /cannot be the name of an image/,
  ]);
}
rejects('image-tag', { image: '{ from: oci:image, name: tool, tag: "../x" }' }, [
  '5:36',
  'INGOT_IMAGE_TAG',
  /"\.\.\/x"/,
]);
rejects('image-tag-nginx', { image: '{ from: oci:image, name: tool, tag: "$uri" }' }, [
  '5:36',
  'INGOT_IMAGE_TAG',
  /uri/,
]);
rejects('image-alias', { image: '{ from: oci:image, name: tool, tag: a, aliases: [b, "c d"] }' }, [
  '5:57',
  'INGOT_IMAGE_TAG',
  /"c d"/,
]);
rejects('unnamed', { image: 'from: oci:image' }, ['5:5', 'INGOT_IMAGE_UNNAMED', /does not say its name/]);
rejects('source-syntax', { image: '{ from: image.tar, name: tool, tag: a }' }, [
  '5:7',
  'INGOT_SOURCE_SYNTAX',
  /does not say what kind/,
]);
rejects('source-registry', { image: '{ from: docker://alpine, name: tool, tag: a }' }, [
  '5:7',
  'INGOT_LOCK_MISSING',
  /not in ingot\.lock/,
]);
rejects('source-registry-name', { image: '{ from: docker://Alpine, name: tool, tag: a }' }, [
  '5:7',
  'INGOT_REFERENCE_SYNTAX',
  /Alpine/,
]);
rejects('source-missing', { image: '{ from: oci-archive:vendor/gone.tar, name: tool, tag: a }' }, [
  '5:7',
  'INGOT_SOURCE_MISSING',
  /gone\.tar/,
]);
rejects('source-reference', { image: '{ from: oci:image:9.9.9, name: tool, tag: a }' }, [
  '5:7',
  'INGOT_SOURCE_REFERENCE',
  /9\.9\.9/,
]);
rejects('source-up', { image: '{ from: oci:../syntax/image, name: tool, tag: a }' }, [
  '5:7',
  'INGOT_FILES_OUTSIDE',
  /leaves the project/,
]);
rejects(
  'source-link',
  { image: '{ from: oci:link, name: tool, tag: a }' },
  ['5:7', 'INGOT_FILES_OUTSIDE', /leaves the project/],
  (folder) => symlinkSync('../syntax/image', join(folder, 'link')),
);
rejects('no-project', { image: 'from: project:hello-servr' }, [
  '5:5',
  'INGOT_PROJECT_UNKNOWN',
  /no project "hello-servr"; did you mean "hello-server"\?/,
]);
rejects('no-image-target', { image: 'from: project:no-platform' }, ['5:5', 'INGOT_PROJECT_NO_IMAGE', /no-platform/]);
rejects('itself', { image: 'from: project:itself' }, ['5:5', 'INGOT_PROJECT_NO_IMAGE', /itself/]);
rejects('platform', { more: 'platform: linux\n' }, ['6:1', 'INGOT_PLATFORM_SYNTAX', /"linux"/]);
rejects('no-platform', { more: 'platform: linux/arm64\n' }, [
  '5:7',
  'INGOT_PLATFORM',
  /not there for linux\/arm64, only for linux\/amd64/,
]);
rejects('operator', { more: 'operator: { image: tol }\n' }, [
  '6:13',
  'INGOT_IMAGE_UNKNOWN',
  /no image "tol"; did you mean "tool"\?/,
]);
rejects('ui', { more: 'ui: { image: tool:9 }\n' }, ['6:7', 'INGOT_IMAGE_UNKNOWN', /no image "tool:9"/]);
rejects('operator-ambiguous', { more: '  - { from: oci:image, name: tool, tag: b }\noperator: { image: tool }\n' }, [
  '7:13',
  'INGOT_IMAGE_AMBIGUOUS',
  /several tags/,
]);

// Blobs.
rejects('blob-missing', {}, ['5:7', 'INGOT_BLOB_MISSING', /sha256:/], (folder) =>
  rmSync(blobPath(join(folder, 'image'), image.config)),
);
rejects('layer-missing', {}, ['5:7', 'INGOT_BLOB_MISSING', /sha256:/], (folder) =>
  rmSync(blobPath(join(folder, 'image'), image.layers[0]!)),
);
rejects('layer-truncated', {}, ['5:7', 'INGOT_BLOB_MISSING', /sha256:/], (folder) =>
  truncateSync(blobPath(join(folder, 'image'), image.layers[0]!), 5),
);
rejects('blob-truncated', {}, ['5:7', 'INGOT_BLOB_(WRONG|MISSING)', /sha256:/], (folder) =>
  truncateSync(blobPath(join(folder, 'image'), image.config), 10),
);
rejects('blob-wrong', {}, ['5:7', 'INGOT_BLOB_WRONG', /has the digest/], (folder) =>
  spoil(blobPath(join(folder, 'image'), image.manifest)),
);
rejects(
  'archive-truncated',
  { image: '{ from: oci-archive:image.tar, name: tool, tag: a }' },
  ['5:7', 'INGOT_(TAR|BLOB_WRONG|BLOB_MISSING|LAYOUT|SOURCE_MISSING)', /./],
  (folder) => {
    archiveOf(join(folder, 'image'), join(folder, 'image.tar'));
    truncateSync(join(folder, 'image.tar'), 3000);
  },
);
rejects(
  'archive-wrong',
  { image: '{ from: oci-archive:image.tar, name: tool, tag: a }' },
  ['5:7', 'INGOT_BLOB_WRONG', /has the digest/],
  (folder) => {
    spoil(blobPath(join(folder, 'image'), image.config));
    archiveOf(join(folder, 'image'), join(folder, 'image.tar'));
  },
);
rejects(
  'archive-none',
  { image: '{ from: oci-archive:image.tar, name: tool, tag: a }' },
  ['5:7', 'INGOT_[A-Z_]+', /./],
  (folder) => writeFileSync(join(folder, 'image.tar'), 'not a tar'.repeat(1000)),
);
rejects('media-type', {}, ['5:7', 'INGOT_CONVERT_MEDIA_TYPE', /foreign/], (folder) =>
  foreignLayer(join(folder, 'image')),
);
rejects('attestation', {}, ['5:7', 'INGOT_(CONVERT_MEDIA_TYPE|PLATFORM)', /./], (folder) =>
  artifact(join(folder, 'image')),
);

function spoil(file: string): void {
  const bytes = readFileSync(file);
  bytes[bytes.length - 3]! ^= 1;
  writeFileSync(file, bytes);
}

// The operator's manifests.
const deploy = { more: 'operator: { image: tool, deploy: operator/deploy }\n' };
const crd = (name = 'things') => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: ${name}.example.com }
spec: { group: example.com, names: { plural: ${name} } }
`;
const crds = 'operator/deploy/crds';
rejects(
  'crd-suffix',
  deploy,
  [`${crds}/things.yaml:1:1`, 'INGOT_CRD_SUFFIX', /would overlook things\.yaml/],
  (folder) => put(folder, { [`${crds}/things.yaml`]: crd() }),
);
rejects('crd-two', deploy, [`${crds}/a_crd.yaml:1:1`, 'INGOT_CRD_DOCUMENTS', /2 YAML documents/], (folder) =>
  put(folder, { [`${crds}/a_crd.yaml`]: `${crd()}---\n${crd('others')}` }),
);
rejects('crd-jinja', deploy, [`${crds}/deep/a_crd.yaml:5:1`, 'INGOT_CRD_JINJA', /\{\{/], (folder) =>
  put(folder, { [`${crds}/deep/a_crd.yaml`]: `${crd()}# {{ oops }}\n` }),
);
rejects('crd-link', deploy, [`${crds}/a_crd.yaml:5:1`, 'INGOT_CRD_JINJA', /\{\{/], (folder) => {
  put(folder, { 'operator/deploy/things.txt': `${crd()}# {{ oops }}\n`, [`${crds}/b_crd.yaml`]: crd() });
  symlinkSync('../things.txt', join(folder, crds, 'a_crd.yaml'));
});
rejects('role-kind', deploy, ['operator/deploy/role.yaml:1:1', 'INGOT_ROLE_KIND', /RoleBinding/], (folder) =>
  put(folder, {
    'operator/deploy/role.yaml': 'apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: { name: a }\n',
  }),
);
rejects('role-link', deploy, ['operator/deploy/role.yaml:1:1', 'INGOT_ROLE_KIND', /Deployment/], (folder) => {
  put(folder, { 'operator/deploy/other.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a }\n' });
  symlinkSync('other.yaml', join(folder, 'operator/deploy/role.yaml'));
});
rejects('deploy-missing', deploy, ['6:26', 'INGOT_FILES_MISSING', /operator\/deploy/]);
rejects('deploy-file', deploy, ['6:26', 'INGOT_[A-Z_]+', /operator\/deploy/], (folder) =>
  put(folder, { 'operator/deploy': 'a file' }),
);

// The author's files.
const files = (from: string, to: string) => ({ more: `files:\n  - { from: ${from}, to: ${to} }\n` });
const docs: Prepare = (folder) => put(folder, { 'docs/a.txt': 'a', 'docs/deploy/role.yaml': 'b' });
rejects('files-up', files('../syntax', 'x'), ['7:7', 'INGOT_FILES_OUTSIDE', /leaves the project/], docs);
rejects('files-absolute', files('/etc/hostname', 'x'), ['7:7', 'INGOT_FILES_OUTSIDE', /leaves the project/], docs);
rejects('files-missing', files('dokcs', 'x'), ['7:7', 'INGOT_FILES_MISSING', /dokcs/], docs);
rejects('files-link', files('docs', 'x'), ['7:7', 'INGOT_FILES_OUTSIDE', /link out leads out/], (folder) => {
  docs(folder);
  symlinkSync('../../syntax', join(folder, 'docs/out'));
});
rejects('files-link-by-link', files('docs', 'x'), ['7:7', 'INGOT_FILES_OUTSIDE', /leads out/], (folder) => {
  docs(folder);
  symlinkSync('.', join(folder, 'docs/here'));
  symlinkSync('here/../secret', join(folder, 'docs/out'));
  put(folder, { secret: 's' });
});
rejects('files-dangling', files('docs', 'x'), ['7:7', 'INGOT_FILES_MISSING', /gone/], (folder) => {
  docs(folder);
  symlinkSync('gone', join(folder, 'docs/link'));
});
rejects('to-up', files('docs', '../x'), ['7:19', 'INGOT_FILES_OUTSIDE', /not a path inside/], docs);
rejects('to-absolute', files('docs', '/x'), ['7:19', 'INGOT_FILES_OUTSIDE', /not a path inside/], docs);
rejects('to-nul', files('docs', '"a\\0b"'), ['7:19', 'INGOT_[A-Z_]+', /./], docs);
rejects('to-long', files('docs', 'x'.repeat(256)), ['7:19', 'INGOT_[A-Z_]+', /cannot be a path/], docs);
for (const place of ['images', 'Images/x', 'manifest.yaml', 'MANIFEST.YAML', './images//x', 'operator/deploy/crds']) {
  rejects(
    `reserved-${[...bad.keys()].length}`,
    files('docs', place),
    ['7:19', 'INGOT_PLACE_RESERVED', /is a place/],
    docs,
  );
}
rejects('reserved-within', files('docs', 'operator'), ['7:19', 'INGOT_PLACE_RESERVED', /operator\/deploy/], docs);
rejects('reserved-root', files('stage', '.'), ['7:20', 'INGOT_PLACE_RESERVED', /images/], (folder) =>
  put(folder, { 'stage/images/x': 'x' }),
);
rejects('reserved-parent', files('docs/a.txt', 'operator'), ['7:25', 'INGOT_PLACE_RESERVED', /operator/], docs);
rejects(
  'files-twice',
  { more: 'files:\n  - { from: docs, to: x }\n  - { from: docs/a.txt, to: x/a.txt }\n' },
  ['8:5', 'INGOT_FILES_TWICE', /x\/a\.txt is there twice.*line 7/],
  docs,
);
rejects(
  'files-below-file',
  { more: 'files:\n  - { from: docs, to: x/y }\n  - { from: docs/a.txt, to: x }\n' },
  ['8:5', 'INGOT_FILES_TWICE', /x/],
  docs,
);
rejects('files-not-utf8', files('docs', 'x'), ['7:7', 'INGOT_FILES_[A-Z]+', /./], (folder) => {
  docs(folder);
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/docs/`), Buffer.from([0xff])]), 'x');
});
rejects('pipe', files('docs', 'x'), ['7:7', 'INGOT_FILES_TYPE', /neither a file/], (folder) => {
  docs(folder);
  execFileSync('mkfifo', [join(folder, 'docs/pipe')]);
});
rejects('build-info', { more: 'buildInfo: [time, user]\n' }, [
  '6:19',
  'INGOT_FILE_VALUE',
  /one of time, host, revision/,
]);

rejects(
  'files-from-link',
  files('link', 'x'),
  ['7:7', 'INGOT_FILES_LINK', /goes through a symbolic link/],
  (folder) => {
    docs(folder);
    symlinkSync('docs', join(folder, 'link'));
  },
);
rejects(
  'source-inner-link',
  { image: '{ from: oci:link/image, name: tool, tag: a }' },
  ['5:7', 'INGOT_FILES_LINK', /goes through a symbolic link/],
  (folder) => symlinkSync('.', join(folder, 'link')),
);

let workspace: NxWorkspace;
let plans: RunResult;
let failed: string[];

beforeAll(async () => {
  workspace = await NxWorkspace.create({
    nxJson: { plugins: ['@ingot/oci/plugin', '@ingot/solution/plugin'] },
    files: { 'hello-server/project.json': { name: 'hello-server' } },
  });
  image = await sampleLayout(workspace.path('image'));
  for (const [name, { text, prepare }] of bad) {
    const folder = workspace.path('bad', name);
    put(folder, { 'project.json': JSON.stringify({ name }), 'dist/plan.json': 'as it was' });
    writeFileSync(join(folder, 'solution.yaml'), text);
    cpSync(workspace.path('image'), join(folder, 'image'), { recursive: true });
    prepare?.(folder);
  }
  plans = await workspace.nx(['run-many', '-t', 'plan', '--output-style=static']);
  failed = [...plans.all.matchAll(/^- (\S+:plan)$/gm)].map(([, task = '']) => task);
});
afterAll(() => workspace.remove());

describe('a Solution that is wrong', () => {
  it('fails the run', () => {
    expect(plans.code, plans.all).not.toBe(0);
  });

  it.each([...bad.keys()])('%s: an error at its place', (name) => {
    const said = plans.all.split('\n').filter((line) => line.startsWith(`bad/${name}/`));
    const { expected } = bad.get(name)!;
    expect(said, plans.all).toHaveLength(expected.length);
    for (const [index, [place, code, text]] of expected.entries()) {
      const where = /^\d/.test(place) ? `solution.yaml:${place}` : place;
      expect(said[index]).toMatch(new RegExp(`^bad/${name}/${where}  ${code}  `));
      expect(said[index]!.split('  ').slice(2).join('  ')).toMatch(text);
    }
    expect(failed).toContain(`${name}:plan`);
    expect(readdirSync(workspace.path('bad', name, 'dist'))).toEqual(['plan.json']);
    expect(readFileSync(workspace.path('bad', name, 'dist/plan.json'), 'utf8')).toBe('as it was');
  });
});

describe('a workspace with a Solution that is wrong', () => {
  const others = solution({ image: 'from: project:hello-server' });

  it('gives it a name where its own is none, so that the others run', async () => {
    for (const [folder, name] of [
      ['nameless', '# none'],
      ['empty-name', 'name: ""'],
    ] as const) {
      await workspace.write({ [`${folder}/solution.yaml`]: others.replace('name: sample', name) });
    }
    const { code, stdout } = await workspace.nx(['show', 'projects']);
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual(expect.arrayContaining(['nameless', 'empty-name', 'syntax']));
  });

  it('names both who claim a target', async () => {
    await workspace.write({
      'clash/solution.yaml': others,
      'clash/package.json': { name: 'clash', scripts: { build: 'true', pack: 'true' } },
      'clash/project.json': { targets: { verify: { command: 'true' } } },
    });
    const { code, all } = await workspace.nx(['run', 'syntax:plan']);
    rmSync(workspace.path('clash'), { recursive: true });
    expect(code).not.toBe(0);
    expect(all).toMatch(/clash\/solution.yaml:1:1  INGOT_TARGET_CLASH .*"pack".*clash\/package.json:5:5/);
    expect(all).toMatch(/clash\/solution.yaml:1:1  INGOT_TARGET_CLASH .*"verify".*clash\/project.json:3:5/);
  });

  it('refuses a circle, naming who is in it', async () => {
    await workspace.write({
      'circle/solution.yaml': solution({ name: 'circle', image: 'from: project:circled' }),
      'circled/image.yaml': `ingot: image/v1\nname: circled\nversion: 1.0.0\nfrom: scratch\nlayers:\n  - files: [${copied}]\n`,
    });
    const { code, all } = await workspace.nx(['run', 'circle:pack']);
    expect(code).not.toBe(0);
    expect(all).toContain('circle:plan --> circled:image --> circle:plan');
  });
  const copied = '{ project: circle, target: plan, from: dist/plan.json, to: /plan.json }';
});

function foreignLayer(folder: string): void {
  rewriteManifest(folder, (manifest) => ({
    ...manifest,
    layers: [{ ...manifest.layers[0]!, mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip' }],
  }));
}

function artifact(folder: string): void {
  rewriteManifest(folder, (manifest) => ({
    ...manifest,
    config: { ...manifest.config, mediaType: 'application/vnd.example.thing+json' },
  }));
}

interface Manifest {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** Gives the image of a layout another manifest, with the right digest. */
function rewriteManifest(folder: string, change: (manifest: Manifest) => Manifest): void {
  const bytes = Buffer.from(
    JSON.stringify(change(JSON.parse(readFileSync(blobPath(folder, image.manifest), 'utf8')) as Manifest)),
  );
  const descriptor = { ...image.manifest, digest: digestOf(bytes), size: bytes.length };
  writeFileSync(blobPath(folder, descriptor), bytes);
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [descriptor] }));
}
