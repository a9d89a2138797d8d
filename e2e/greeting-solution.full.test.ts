import { execFileSync } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { serviceAccountFolder } from '../examples/greeting-operator/src/kubernetes/access.ts';
import type { NxWorkspace } from '../tools/nx-workspace.ts';
import { referee } from '../tools/referee.ts';
import { skopeo } from '../tools/registry/skopeo.ts';
import { exampleWorkspace } from './example-workspace.ts';
import { Cluster } from './greeting/cluster.ts';
import { endpoint, itServesGreetings } from './greeting/life.ts';
import { startOperator, type RunningOperator } from './greeting/operator.ts';

interface Manifest {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly version: string;
    readonly images: readonly string[];
    readonly operator: { readonly image: { readonly name: string; readonly tag: string } };
  };
}

interface ImageConfig {
  readonly config: { readonly User: string; readonly Env: readonly string[]; readonly Entrypoint: readonly string[] };
}

let workspace: NxWorkspace;
/** The ISO's files, as bsdtar reads them. */
let archive: string;
let manifest: Manifest;
let config: ImageConfig['config'];
/** The operator's root file system. */
let rootFs: string;
let cluster: Cluster;
let operator: RunningOperator;

beforeAll(async () => {
  const examples = ['debian-node', 'static-server', 'hello-server', 'greeting-operator', 'greeting-solution'];
  workspace = await exampleWorkspace(['solution', 'os-image'], ...examples);
  const plugins = ['@ingot/oci/plugin', '@ingot/solution/plugin', '@ingot/os-image/plugin'];
  await workspace.write({ 'nx.json': { ...(await workspace.json<object>('nx.json')), plugins } });
  const { code, all } = await workspace.nx(['run', 'greeting-solution:verify', '--output-style=static']);
  expect(code, all).toBe(0);
  archive = await extracted('examples/greeting-solution/dist/greeting-solution-0.1.0.iso');
  manifest = parse(await readFile(join(archive, 'manifest.yaml'), 'utf8')) as Manifest;
  await unpackOperator();
  // Debian's /var/run is an absolute link to /run: followed from here, it would lead out of the image.
  const account = join(rootFs, serviceAccountFolder.replace('/var/run/', '/run/'));
  const pod = { config: join(rootFs, 'etc/config'), account };
  cluster = await Cluster.start(join(archive, 'operator/deploy'), pod);
  await cluster.configure(versions());
  operator = startAsMetalk8s();
}, 900_000);
afterAll(async () => {
  await operator?.stop();
  await cluster?.[Symbol.asyncDispose]();
  await workspace?.remove();
});

describe('greeting-solution', () => {
  it('has its images on the ISO, and the command by which MetalK8s starts the operator in one of them', () => {
    expect(manifest.spec.images.toSorted()).toEqual(['greeting-operator:0.1.0', 'hello-server:0.1.0']);
    expect(manifest.spec.operator.image).toEqual({ name: 'greeting-operator', tag: '0.1.0' });
    expect(config.Entrypoint[0]).toBe(`${manifest.metadata.name}-operator`);
    expect(config.User).toBe('65532:65532');
  });
});

describe('the operator from the ISO, on Debian’s Node', () => {
  itServesGreetings(versions, () => ({ cluster, operator }));
});

/** As MetalK8s' configmap.yaml.j2 puts the manifest's images into the configuration. */
function versions() {
  return { [manifest.spec.version]: [endpoint, manifest.spec.images] as const };
}

async function extracted(iso: string): Promise<string> {
  const into = workspace.path('extracted');
  await mkdir(into);
  execFileSync(referee('bsdtar'), ['-x', '-f', workspace.path(iso), '-C', into]);
  return into;
}

async function unpackOperator(): Promise<void> {
  const { name, tag } = manifest.spec.operator.image;
  const layout = `${workspace.path('operator')}:${tag}`;
  await skopeo(['copy', `dir:${join(archive, 'images', name, tag)}`, `oci:${layout}`]);
  ({ config } = JSON.parse(await skopeo(['inspect', '--config', `oci:${layout}`])) as ImageConfig);
  const bundle = workspace.path('bundle');
  execFileSync(referee('umoci'), ['unpack', '--image', layout, bundle]);
  rootFs = join(bundle, 'rootfs');
}

/** As the pod of MetalK8s' deployment.yaml.j2: its command, its environment, its mounts, the image's user. */
function startAsMetalk8s(): RunningOperator {
  const command = [`${manifest.metadata.name}-operator`, '--config=/etc/config/operator.yaml'];
  const environment = Object.fromEntries(
    config.Env.map((each) => each.split(/=(.*)/s).slice(0, 2)),
  ) as NodeJS.ProcessEnv;
  const args = [`--userspec=${config.User}`, rootFs, ...command];
  return startOperator('/usr/sbin/chroot', args, { ...environment, ...cluster.environment });
}
