import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NxWorkspace } from '../../../tools/nx-workspace.ts';
import { OciRegistry } from '../../../tools/registry/oci-registry.ts';
import { soundCrd, soundCsv } from './verify/test/operator-bundle.ts';

let registry: OciRegistry;
let workspace: NxWorkspace;

const bundle = (name: string, rest: string) => `ingot: bundle/v1\nname: ${name}\nversion: 0.1.0\n${rest}`;
const image = (name: string, rest = '') =>
  `ingot: image/v1\nname: ${name}\nversion: 0.1.0\nfrom: scratch\nlayers:\n  - files: [{ from: www, to: /www }]\n${rest}`;
const deployment = (of: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { containers: [{ name: a, image: project:${of} }] }\n`;
const generated = {
  name: 'generated',
  targets: {
    manifests: {
      executor: 'nx:run-commands',
      outputs: ['{projectRoot}/dist/out'],
      options: {
        cwd: '{projectRoot}',
        command: `node -e "fs.mkdirSync('dist/out',{recursive:true});fs.copyFileSync('template','dist/out/a.yaml')"`,
      },
    },
  },
};
const catalog = (bundles: string) =>
  `ingot: catalog/v1\nname: list\nversion: 0.1.0\npackages: [{ name: notes, defaultChannel: stable }]\nbundles: ${bundles}\n`;

beforeAll(async () => {
  registry = await OciRegistry.start();
  const { host } = registry;
  workspace = await NxWorkspace.create({
    packages: ['oci', 'bundle'],
    nxJson: {
      release: { projects: ['old'] },
      plugins: [{ plugin: '@ingot/oci/plugin', options: { registry: `${host}/team` } }, '@ingot/bundle/plugin'],
    },
    files: {
      'server/image.yaml': image('server', 'repository: apps/server\n'),
      'server/www/a': 'a',
      'homeless/image.yaml': image('homeless'),
      'homeless/www/a': 'a',
      'own/bundle.yaml': bundle('own', 'format: plain\nmanifests: [manifests]\n'),
      'own/manifests/a.yaml': deployment('server'),
      'generated/project.json': generated,
      'generated/template': deployment('server'),
      'unlisted/bundle.yaml': bundle(
        'unlisted',
        'format: plain\nmanifests: [{ from: dist/out, project: generated, target: manifests }]\n',
      ),
      'listed/bundle.yaml': bundle(
        'listed',
        'format: plain\nmanifests: [{ from: dist/out, project: generated, target: manifests }]\nimages: [server]\n',
      ),
      'lost/bundle.yaml': bundle('lost', 'format: plain\nmanifests: [manifests]\n'),
      'lost/manifests/a.yaml': deployment('homeless'),
      'old/bundle.yaml': bundle(
        'old',
        'format: registry\nmanifests: [manifests]\nregistry: { package: notes, channels: [stable] }\nrepository: bundles/notes\n',
      ),
      'old/manifests/csv.yaml': soundCsv,
      'old/manifests/crd.yaml': soundCrd,
      'list/catalog.yaml': catalog(`['docker://${host}/team/bundles/notes:0.1.0']`),
      'wrong/catalog.yaml': catalog(`['project:server']`).replace('name: list', 'name: wrong'),
    },
  });
});
afterAll(async () => {
  await workspace?.remove();
  await registry?.[Symbol.asyncDispose]();
});

async function run(...args: string[]): Promise<string> {
  const { code, all } = await workspace.nx([...args, '--outputStyle=static']);
  expect(code, all).toBe(0);
  return all;
}

async function fails(...args: string[]): Promise<string> {
  const { code, all } = await workspace.nx([...args, '--outputStyle=static']);
  expect(code, all).not.toBe(0);
  return all;
}

describe('a bundle in a workspace', () => {
  it('names images below the registry of nx.json, and is built again when they change', async () => {
    expect(await run('run', 'own:bundle')).toMatch(
      new RegExp(`project:server is ${registry.host}/team/apps/server@sha256:`),
    );
    expect(await run('run', 'own:bundle')).toMatch(/own:bundle {2}\[(local cache|existing outputs)/);
    const before = await workspace.json<{ digest: string }>('own/dist/bundle.json');
    await workspace.write({ 'server/www/a': 'b' });
    await run('run', 'own:bundle');
    expect((await workspace.json<{ digest: string }>('own/dist/bundle.json')).digest).not.toBe(before.digest);
    await workspace.write({ 'own/manifests/b.yaml': 'kind: ConfigMap\n' });
    const said = await fails('run', 'own:verify');
    expect(said).toMatch(/error +object-api-version +own\/manifests\/b\.yaml:1:1: /);
    await workspace.write({ 'own/manifests/b.yaml': '' });
  });

  it('is affected by what it names', async () => {
    const affected = await run('show', 'projects', '--affected', '--files=server/image.yaml');
    expect(affected.split('\n')).toEqual(expect.arrayContaining(['own', 'listed', 'server']));
    expect(affected).not.toContain('lost');
  });

  it('says which images it could not know of, and takes them where it is told', async () => {
    const said = await fails('run', 'unlisted:bundle');
    expect(said).toMatch(/generated\/dist\/out\/a\.yaml:4:\d+ {2}INGOT_BUNDLE_IMAGE_UNKNOWN/);
    expect(said).toContain('add server to `images` in bundle.yaml');
    expect(await run('run', 'listed:bundle')).toContain('project:server is');
  });

  it('names no image that no cluster could pull', async () => {
    expect(await fails('run', 'lost:bundle')).toMatch(/lost\/manifests\/a\.yaml:4:\d+ {2}INGOT_BUNDLE_REPOSITORY/);
  });

  it('has to be pushed before a manifest names it', async () => {
    expect(await fails('run', 'old:deploy-manifest', '--excludeTaskDependencies')).toContain('INGOT_BUNDLE_NOT_PUSHED');
  });
});

describe('a release', () => {
  it('pushes nothing in a dry run, what it depends on neither', async () => {
    const { code, all } = await workspace.nx(['run', 'old:push', '--outputStyle=static'], { NX_DRY_RUN: 'true' });
    expect(code, all).toBe(0);
    expect(all).toContain('nothing is pushed (dry run)');
    expect(registry.requests.filter(({ method }) => method !== 'GET' && method !== 'HEAD')).toEqual([]);
  });

  it('reads and writes the version where the file says it', async () => {
    const before = await workspace.read('old/bundle.yaml');
    const args = ['release', 'version', '0.2.0', '--gitCommit=false', '--stageChanges=false'];
    const { code, all } = await workspace.nx(args);
    expect(code, all).toBe(0);
    expect(await workspace.read('old/bundle.yaml')).toBe(before.replace('0.1.0', '0.2.0'));
    await workspace.write({ 'old/bundle.yaml': before });
  });
});

describe('a catalog in a workspace', () => {
  it('lists what ingot.lock pins of a registry', async () => {
    await run('run', 'old:push');
    expect(await fails('run', 'list:catalog')).toContain('nx g @ingot/oci:lock');
    await run('g', '@ingot/oci:lock');
    expect(await workspace.read('ingot.lock')).toContain('team/bundles/notes:0.1.0@sha256:');
    const { digest } = await workspace.json<{ digest: string }>('old/dist/bundle.json');
    expect(await run('run', 'list:verify')).toContain(`${registry.host}/team/bundles/notes@${digest}`);
    expect(await run('run', 'list:catalog')).toMatch(/list:catalog {2}\[(local cache|existing outputs)/);
  });

  it('takes no project for a bundle that has none', async () => {
    expect(await fails('run', 'wrong:catalog')).toMatch(
      /wrong\/catalog\.yaml:5:\d+ {2}INGOT_CATALOG_BUNDLE {2}project "server" has no bundle/,
    );
  });

  it('and bundles are the same when they are built again', async () => {
    expect(await run('run', 'old:reproduce')).toMatch(/built twice: (?!not)/);
  });
});
