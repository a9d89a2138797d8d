import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { entriesBelow } from '../tools/entries-below.ts';
import { kubernetesProgram } from '../tools/kubernetes/programs.ts';
import type { NxWorkspace } from '../tools/nx-workspace.ts';
import { referee } from '../tools/referee.ts';
import { startProgram, type Program } from '../tools/registry/program.ts';
import { skopeo } from '../tools/registry/skopeo.ts';
import { exampleWorkspace } from './example-workspace.ts';

const run = promisify(execFile);
const example = 'examples/operator-bundle';
const address = '127.0.0.1:5058';
const bundles = ['plain', 'registry-0.1.0', 'registry-0.2.0', 'helm'] as const;

interface Result {
  readonly digest: string;
  readonly version: string;
  readonly bundle: {
    readonly images: readonly { readonly project: string; readonly reference: string }[];
    /** By the path in the bundle, the file that it comes from. */
    readonly sources: Readonly<Record<string, string>>;
  };
}

let workspace: NxWorkspace;
let said: string;
let registry: Program;
const at = (...parts: string[]) => workspace.path(example, ...parts);
const resultOf = (bundle: string) => workspace.json<Result>(`${example}/${bundle}/dist/bundle.json`);

beforeAll(async () => {
  workspace = await exampleWorkspace(['oci', 'bundle'], 'operator-bundle', 'local-registry', 'static-server');
  const { code, all } = await workspace.nx([
    'run-many',
    '-t',
    'verify',
    'deploy-manifest',
    '-p',
    'notes-*',
    '--outputStyle=static',
  ]);
  expect(code, all).toBe(0);
  said = all;
  for (const folder of ['pulled', 'unpacked']) await mkdir(at(folder));
  await chmod(workspace.root, 0o755);
  // It could not have the port, had Nx not stopped the example's own.
  registry = await startProgram('docker-registry', ['serve', at('registry.yaml')], /listening on 127\.0\.0\.1:5058/, {
    REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: at('dist/registry'),
    REGISTRY_LOG_LEVEL: 'info',
  });
});
afterAll(async () => {
  await registry?.stop();
  await workspace?.remove();
});

/** The image as umoci unpacks what skopeo has pulled by its digest: the folder of its files. */
async function pulled(reference: string, name: string): Promise<string> {
  await skopeo(['copy', '--src-tls-verify=false', `docker://${reference}`, `oci:${at('pulled', name)}:it`]);
  await run(referee('umoci'), ['unpack', '--image', `${at('pulled', name)}:it`, at('unpacked', name)]);
  // Another user is to read it.
  await chmod(at('unpacked', name), 0o755);
  return at('unpacked', name, 'rootfs');
}

describe('the bundles', () => {
  it('keep all rules', () => {
    expect(said.match(/\d+ rules hold, 0 warnings, 0 errors/g)).toHaveLength(bundles.length + 1);
  });

  it.each(bundles)(
    '%s holds the sources, with the operator’s image by digest, for every user to read',
    async (name) => {
      const { digest, version, bundle } = await resultOf(name);
      const root = await pulled(`${address}/notes/${name.split('-')[0]}@${digest}`, name);
      const paths = entriesBelow(root);
      for (const path of paths) {
        const stats = await stat(join(root, path));
        expect((stats.mode & 0o777).toString(8), path).toBe(stats.isDirectory() ? '755' : '644');
        expect([stats.uid, stats.gid], path).toEqual([0, 0]);
      }
      const [{ reference } = { reference: '' }] = bundle.images;
      expect(reference).toMatch(/^127\.0\.0\.1:5058\/notes\/note-operator@sha256:[0-9a-f]{64}$/);
      const [repository, imageDigest] = reference.split('@');
      const sources = Object.entries(bundle.sources);
      expect(sources.length).toBeGreaterThan(1);
      for (const [path, source] of sources) {
        const expected = (await workspace.read(source))
          .replaceAll('project:note-operator#repository', repository!)
          .replaceAll('project:note-operator#digest', imageDigest!)
          .replaceAll('project:note-operator', reference);
        expect(await readFile(join(root, path), 'utf8'), path).toBe(expected);
      }
      expect(version).toMatch(/^0\.[12]\.0$/);
      // A Pod of the restricted profile has any user.
      const args = [
        '--reuid=65534',
        '--regid=65534',
        '--clear-groups',
        'find',
        root,
        '-type',
        'f',
        '-exec',
        'cat',
        '{}',
        '+',
      ];
      expect((await run('setpriv', args)).stdout).toContain('notes');
    },
  );

  it('name an image that the registry has', async () => {
    const [{ reference } = { reference: '' }] = (await resultOf('plain')).bundle.images;
    const manifest = await skopeo(['inspect', '--raw', '--tls-verify=false', `docker://${reference}`]);
    expect(JSON.parse(manifest)).toHaveProperty('layers');
  });

  it('of the format registry say on their labels what their metadata says', async () => {
    const { digest } = await resultOf('registry-0.2.0');
    const config = await skopeo([
      'inspect',
      '--config',
      '--tls-verify=false',
      `docker://${address}/notes/registry@${digest}`,
    ]);
    const {
      config: { Labels: labels },
    } = JSON.parse(config) as { config: { Labels: Record<string, string> } };
    const { annotations } = parse(
      await readFile(at('unpacked/registry-0.2.0/rootfs/metadata/annotations.yaml'), 'utf8'),
    ) as { annotations: Record<string, string> };
    expect(annotations).toEqual(labels);
    expect(labels).toMatchObject({
      'operators.operatorframework.io.bundle.mediatype.v1': 'registry+v1',
      'operators.operatorframework.io.bundle.channels.v1': 'stable,candidate',
    });
  });

  it('of the format helm are what Helm takes, and fills in', async () => {
    const root = at('unpacked/helm/rootfs');
    const program = await kubernetesProgram('helm');
    expect((await run(program, ['lint', root])).stdout).toContain('0 chart(s) failed');
    const { stdout } = await run(program, ['template', 'notes', root]);
    const [{ reference } = { reference: '' }] = (await resultOf('helm')).bundle.images;
    expect(stdout).toContain(`image: ${reference}`);
  });
});

describe('the catalog', () => {
  interface Blob {
    readonly schema: string;
    readonly name: string;
    readonly image?: string;
    readonly entries?: readonly object[];
  }

  it('has both versions by the digests that were pushed, each with its upgrade', async () => {
    const { digest } = await workspace.json<Result>(`${example}/catalog/dist/catalog.json`);
    const root = await pulled(`${address}/notes/catalog@${digest}`, 'catalog');
    const text = await readFile(join(root, 'configs/note-operator/catalog.json'), 'utf8');
    const blobs = parseAllDocuments(text.replaceAll('\n}\n{', '\n}\n---\n{')).map((each) =>
      (each as { toJS(): Blob }).toJS(),
    );
    expect(blobs.map(({ schema, name }) => [schema, name])).toEqual([
      ['olm.package', 'note-operator'],
      ['olm.channel', 'candidate'],
      ['olm.channel', 'stable'],
      ['olm.bundle', 'note-operator.v0.1.0'],
      ['olm.bundle', 'note-operator.v0.2.0'],
    ]);
    expect(blobs[2]!.entries).toEqual([
      { name: 'note-operator.v0.1.0' },
      { name: 'note-operator.v0.2.0', replaces: 'note-operator.v0.1.0' },
    ]);
    for (const [i, version] of ['0.1.0', '0.2.0'].entries()) {
      const bundle = await resultOf(`registry-${version}`);
      expect(blobs[3 + i]!.image).toBe(`${address}/notes/registry@${bundle.digest}`);
    }
    const config = await skopeo([
      'inspect',
      '--config',
      '--tls-verify=false',
      `docker://${address}/notes/catalog@${digest}`,
    ]);
    expect(JSON.parse(config)).toMatchObject({
      config: { Labels: { 'operators.operatorframework.io.index.configs.v1': '/configs' } },
    });
  });
});

describe('what an administrator applies', () => {
  const documents = async (...path: string[]) =>
    parseAllDocuments(await readFile(at(...path), 'utf8')).map((each) => (each as { toJS(): unknown }).toJS());

  it('names each bundle by the digest that was pushed', async () => {
    const { digest } = await resultOf('plain');
    const image = { ref: `${address}/notes/plain@${digest}` };
    expect(await documents('plain/dist/bundle-deployment.yaml')).toEqual([
      {
        apiVersion: 'core.rukpak.io/v1alpha1',
        kind: 'BundleDeployment',
        metadata: { name: 'notes' },
        spec: {
          provisionerClassName: 'core-rukpak-io-plain',
          template: {
            metadata: { labels: { app: 'notes' } },
            spec: { provisionerClassName: 'core-rukpak-io-plain', source: { type: 'image', image } },
          },
        },
      },
    ]);
    const helmDigest = (await resultOf('helm')).digest;
    expect(await documents('helm/dist/bundle-deployment.yaml')).toMatchObject([
      {
        apiVersion: 'core.rukpak.io/v1alpha2',
        spec: {
          installNamespace: 'notes-system',
          provisionerClassName: 'core-rukpak-io-helm',
          source: { image: { ref: `${address}/notes/helm@${helmDigest}`, pullSecret: 'registry-login' } },
          config: { values: 'replicas: 2\n' },
        },
      },
    ]);
    expect(said).toContain('kubectl create secret docker-registry registry-login');
  });

  it('is a ClusterCatalog and a ClusterExtension for the catalog', async () => {
    const { digest } = await workspace.json<Result>(`${example}/catalog/dist/catalog.json`);
    expect(await documents('catalog/dist/cluster-catalog.yaml')).toMatchObject([
      {
        kind: 'ClusterCatalog',
        spec: { source: { type: 'Image', image: { ref: `${address}/notes/catalog@${digest}` } } },
      },
    ]);
    expect(await documents('catalog/dist/cluster-extension.yaml')).toMatchObject([
      { kind: 'ServiceAccount', metadata: { name: 'notes-installer', namespace: 'notes-system' } },
      {
        kind: 'ClusterExtension',
        spec: {
          namespace: 'notes-system',
          source: { catalog: { packageName: 'note-operator', channels: ['stable'] } },
        },
      },
    ]);
  });
});

it('is a cache hit the second time, and built again where the operator’s image has changed', async () => {
  const again = await workspace.nx(['run-many', '-t', 'bundle', 'catalog', '-p', 'notes-*', '--outputStyle=static']);
  expect(again.all.match(/local cache|existing outputs match/g)!.length).toBeGreaterThanOrEqual(bundles.length + 1);
  const before = await resultOf('plain');
  await workspace.write({ [`${example}/operator/www/healthz`]: 'fine\n' });
  const { code, all } = await workspace.nx(['run', 'notes-plain:bundle']);
  expect(code, all).toBe(0);
  const after = await resultOf('plain');
  expect(after.bundle.images[0]!.reference).not.toBe(before.bundle.images[0]!.reference);
  expect(after.digest).not.toBe(before.digest);
});
