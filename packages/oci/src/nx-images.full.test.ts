import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NxWorkspace } from '../../../tools/nx-workspace.ts';
import { referee } from '../../../tools/referee.ts';
import { readmeExample } from './test/readme-example.ts';

const run = promisify(execFile);
const image = (name: string, from = 'scratch', files = '{ from: www, to: /www }') =>
  `ingot: image/v1\nname: ${name}\nversion: 0.1.0\nfrom: ${from}\nlayers:\n  - files: [${files}]\n`;
const page = { 'index.html': 'page' };

function project(name: string, from?: string, files?: string): Record<string, string> {
  return {
    [`apps/${name}/image.yaml`]: image(name, from, files),
    [`apps/${name}/www/index.html`]: `${page['index.html']} ${name}`,
  };
}

let workspace: NxWorkspace;
beforeAll(async () => {
  workspace = await NxWorkspace.create({
    packages: ['oci'],
    files: {
      ...(await readmeExample()),
      ...project('base'),
      ...project('top', 'project:base'),
      ...project('lost', 'project:bsae'),
      ...project('one', 'project:two'),
      ...project('two', 'project:one'),
      ...project('maker', 'scratch', '{ from: dist/server, project: server, target: bild, to: /x }'),
      ...project('source', 'scratch', '{ from: main.txt, project: server, target: build, to: /x }'),
      'apps/broken/image.yaml': 'ingot: image/v1\nname: broken\nlayers: [\n',
      'apps/foreign/image.yaml': 'kind: of another tool\n',
    },
  });
});
afterAll(() => workspace?.remove());

describe('in an Nx workspace', () => {
  it('images are built after what they are built on and what they copy, in one process', async () => {
    const result = await workspace.nx(['run-many', '-t', 'image', '-p', 'top,hello-server']);
    expect(result.all).toContain('NX   Running 2 tasks with @ingot/oci:image');
    expect(result.code, result.all).toBe(0);
    const top = await workspace.json<{ inherited: object[] }>('apps/top/dist/image.json');
    expect(top.inherited).toMatchObject([{ source: 'project:base' }]);
    expect(await workspace.json('hello/dist/image.json')).toMatchObject({ name: 'hello-server', version: '0.1.0' });
  });

  it('an image that is rebuilt to the same digest leaves those built on it a cache hit', async () => {
    await workspace.write({ 'apps/base/image.yaml': `${image('base')}# changed\n` });
    const result = await workspace.nx(['run', 'top:image', '--batch=false', '--outputStyle=static']);
    expect(result.code, result.all).toBe(0);
    expect(result.all).toMatch(/nx run base:image\n/);
    expect(result.all).toContain('nx run top:image  [local cache]');
  });

  it('affected follows the base without a dependsOn of anybody', async () => {
    const affected = await workspace.nx(['show', 'projects', '--affected', '--files=apps/base/www/index.html']);
    expect(affected.stdout.trim().split('\n').sort()).toEqual(['base', 'top']);
  });

  it('what is wrong is said at its place, to those who run it and to nobody else', async () => {
    const names = 'lost,one,maker,source,broken,base';
    const result = await workspace.nx(['run-many', '-t', 'image', '-p', names, '--outputStyle=static']);
    expect(result.code).not.toBe(0);
    for (const line of [
      'apps/lost/image.yaml:4:1  INGOT_PROJECT_UNKNOWN  no project "bsae"; did you mean "base"?',
      'apps/one/image.yaml:4:1  INGOT_IMAGE_CYCLE  images are built on each other: one → two → one',
      'apps/maker/image.yaml:6:51  INGOT_TARGET_UNKNOWN  project "server" has no target "bild"; did you mean "build"?',
      'apps/source/image.yaml:6:15  INGOT_IMAGE_NOT_OUTPUT  "main.txt" is no output of server:build',
      'apps/broken/image.yaml:4:1  INGOT_YAML_SYNTAX',
    ]) {
      expect(result.all).toContain(line);
    }
    expect(result.all).toMatch(/Failed tasks:(?![\s\S]*base:image)/);
    expect(await readdir(workspace.path('apps/lost'))).not.toContain('dist');
  });

  it('a generated image builds as it stands, and is exported complete', async () => {
    const generated = await workspace.nx(['g', '@ingot/oci:image', 'site', '--directory=apps/site']);
    expect(generated.code, generated.all).toBe(0);
    const exported = await workspace.nx(['run', 'site:export']);
    expect(exported.code, exported.all).toBe(0);
    expect(exported.all).toContain('apps/site/dist/site-0.1.0.oci.tar  oci-archive');
    const archive = `oci-archive:${workspace.path('apps/site/dist/site-0.1.0.oci.tar')}:0.1.0`;
    const { stdout } = await run(referee('skopeo'), ['inspect', '--config', archive]);
    expect(JSON.parse(stdout)).toMatchObject({ config: { User: '65532:65532' } });
  });

  it('a script of package.json that claims a target is an error that names both', async () => {
    await workspace.write({
      'apps/base/package.json': '{\n  "name": "base",\n  "scripts": { "image": "docker build" }\n}\n',
    });
    const result = await workspace.nx(['run', 'base:image']);
    expect(result.code).not.toBe(0);
    expect(result.all).toContain(
      'apps/base/image.yaml:1:1  INGOT_TARGET_CLASH  the target "image" is claimed by the script "image" in apps/base/package.json:3:16, too',
    );
  });
});
