import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NxWorkspace } from '../tools/nx-workspace.ts';
import { referee } from '../tools/referee.ts';
import { startProgram, type Program } from '../tools/registry/program.ts';
import { exampleWorkspace } from './example-workspace.ts';
import { ironicChooses, type RegistryDescriptor, type RegistryManifest } from './ironic.ts';

const run = promisify(execFile);

/** The same on every machine. They change when the example or a format of ours does, and only then. */
const expected = {
  index: 'sha256:8a47635bb1233b5d5046e2ad968f16b9d5727b56e524d717df1f6a56ecf221ce',
  kernel: 'sha256:8ad54291e3d3c0644b95d95784df486675b72c024c591fa986e03ca1c0634eaf',
  ramdisk: 'sha256:742e3be2cdf85e861cd90245914ef9d4d726cc79aa3166cd696412052f9c0139',
};

const address = '127.0.0.1:5055';
const api = `http://${address}/v2/ironic-disks`;
const image = `oci://${address}/ironic-disks:1.0.0`;
const example = 'examples/ironic-disks';
const disk = (name: string) => workspace.path(example, 'dist/disks', name);

let workspace: NxWorkspace;
let said: string;
let registry: Program;

beforeAll(async () => {
  workspace = await exampleWorkspace(['oci'], 'ironic-disks', 'local-registry');
  const { code, all } = await workspace.nx(['run', 'ironic-disks:push']);
  expect(code, all).toBe(0);
  said = all;
  // It could not have the port, had Nx not stopped the example's own.
  registry = await startProgram(
    'docker-registry',
    ['serve', workspace.path(example, 'registry.yaml')],
    /listening on 127\.0\.0\.1:5055/,
    {
      REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: workspace.path(example, 'dist/registry'),
      REGISTRY_LOG_LEVEL: 'info',
    },
  );
});
afterAll(async () => {
  await registry?.stop();
  await workspace?.remove();
});

async function get(path: string, accept?: string): Promise<Response> {
  const response = await fetch(`${api}/${path}`, accept === undefined ? {} : { headers: { accept } });
  expect(response.status, path).toBe(200);
  return response;
}

const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const indexType = 'application/vnd.oci.image.index.v1+json';

async function manifest(reference: string, accept = manifestType): Promise<RegistryManifest> {
  return (await (await get(`manifests/${reference}`, accept)).json()) as RegistryManifest;
}

const index = () => manifest('1.0.0', `${indexType}, ${manifestType}`);

/** All manifests of files: those of the index, and kernel and ramdisk. */
async function manifests(): Promise<RegistryManifest[]> {
  const entries = (await index()).manifests!.map(({ digest }) => digest);
  return Promise.all([...entries, '1.0.0-kernel', '1.0.0-ramdisk'].map((reference) => manifest(reference)));
}

describe('the disks of the example', () => {
  it('are whole and the same disk in both formats, as QEMU reads them', async () => {
    const [raw, qcow2] = [disk('metal-x86_64.raw'), disk('metal-x86_64.qcow2')];
    expect((await run(referee('qemu-img'), ['check', '-f', 'qcow2', qcow2])).stdout).toContain('No errors');
    const compared = await run(referee('qemu-img'), ['compare', '-f', 'raw', '-F', 'qcow2', raw, qcow2]);
    expect(compared.stdout).toContain('Images are identical.');
  });

  it('come with a ramdisk that is a gzipped cpio archive', async () => {
    await run(referee('gzip'), ['--test', '--suffix=.initramfs', disk('agent.initramfs')]);
    const listed = await run(referee('bsdtar'), ['-tvf', disk('agent.initramfs')]);
    expect(listed.stdout).toMatch(/^-rwxr-xr-x .* init\n$/);
  });
});

describe('what the registry answers', () => {
  it('is one index under the tag, the same everywhere, with the digest in the header', async () => {
    const response = await get('manifests/1.0.0', `${indexType}, ${manifestType}`);
    expect(response.headers.get('content-type')).toBe(indexType);
    expect(response.headers.get('docker-content-digest')).toBe(expected.index);
    expect(digestOf(Buffer.from(await response.arrayBuffer()))).toBe(expected.index);
  });

  it('has disktype and platform on each entry of the index, not only in its manifest', async () => {
    const entries = (await index()).manifests!;
    expect(entries.map(({ annotations, platform }) => [annotations?.['disktype'], platform])).toEqual([
      ['qcow2', { os: 'linux', architecture: 'amd64' }],
      ['raw', { os: 'linux', architecture: 'amd64' }],
      ['raw', { os: 'linux', architecture: 'arm64' }],
    ]);
  });

  it('takes no entry and no manifest for a container: each has an artifact type, and the empty config', async () => {
    for (const entry of (await index()).manifests!) expect(entry.artifactType).toBeTruthy();
    for (const { artifactType, config } of await manifests()) {
      expect(artifactType).toBeTruthy();
      expect(config?.mediaType).toBe('application/vnd.oci.empty.v1+json');
    }
  });

  it('says mediaType in every manifest and in the index', async () => {
    expect((await index()).mediaType).toBe(indexType);
    for (const { mediaType } of await manifests()) expect(mediaType).toBe(manifestType);
  });

  it('has exactly one layer in each manifest, uncompressed, with the file’s name', async () => {
    const layers = (await manifests()).map((each) => each.layers!);
    for (const each of layers) expect(each).toHaveLength(1);
    expect(layers.map(([layer]) => layer!.annotations?.['org.opencontainers.image.title'])).toEqual([
      'metal-x86_64.qcow2',
      'metal-x86_64.raw',
      'metal-aarch64.raw',
      'agent.kernel',
      'agent.initramfs',
    ]);
    for (const [layer] of layers) expect(layer!.mediaType).not.toMatch(/(gzip|zstd)$/);
  });

  it('lists the tag, and those of kernel and ramdisk, which are manifests of their own and not in the index', async () => {
    const { tags } = (await (await get('tags/list')).json()) as { tags: string[] };
    expect(tags.toSorted()).toEqual(['1.0.0', '1.0.0-kernel', '1.0.0-ramdisk']);
    const inIndex = (await index()).manifests!.map(({ digest }) => digest);
    for (const part of ['kernel', 'ramdisk'] as const) {
      const response = await get(`manifests/1.0.0-${part}`, manifestType);
      expect(response.headers.get('docker-content-digest')).toBe(expected[part]);
      expect(inIndex).not.toContain(expected[part]);
    }
  });

  it('is what skopeo reads', async () => {
    const inspect = ['inspect', '--tls-verify=false', '--raw', `docker://${address}/ironic-disks:1.0.0`];
    const { stdout } = await run(referee('skopeo'), inspect);
    expect(digestOf(Buffer.from(stdout))).toBe(expected.index);
  });
});

describe('Ironic', () => {
  it.each([
    ['local', 'x86_64', 'metal-x86_64.qcow2', 'qcow2'],
    ['http', 'x86_64', 'metal-x86_64.raw', 'raw'],
    ['local', 'aarch64', 'metal-aarch64.raw', 'raw'],
    ['http', 'aarch64', 'metal-aarch64.raw', 'raw'],
  ] as const)(
    'with image_download_source=%s puts onto an %s node: %s',
    async (download, architecture, name, disktype) => {
      const chosen = await ironicChooses(image, { architecture, download });
      expect({ ...chosen, bytes: 0 }).toEqual({ name, disktype, bytes: 0 });
      expect(chosen.bytes.equals(await readFile(disk(name)))).toBe(true);
    },
  );

  it('finds what each printed line names', async () => {
    const lines: Record<string, string> = Object.fromEntries(
      [...said.matchAll(/^(\w+)=(\S+)$/gm)].map(([, key = '', value = '']) => [key, value]),
    );
    expect(lines).toEqual({
      image_source: image,
      deploy_kernel: `oci://${address}/ironic-disks@${expected.kernel}`,
      deploy_ramdisk: `oci://${address}/ironic-disks@${expected.ramdisk}`,
      image_pull_secret: 'registry-pull',
    });
    const each = [...said.matchAll(/^# (\S+) \((\w+), \S+\): image_source=(\S+)$/gm)];
    expect(each.map(([, name]) => name)).toEqual(['metal-x86_64.qcow2', 'metal-x86_64.raw', 'metal-aarch64.raw']);
    const urls: [name: string, url: string][] = [
      ['agent.kernel', lines['deploy_kernel']!],
      ['agent.initramfs', lines['deploy_ramdisk']!],
      ...each.map(([, name = '', , url = '']): [string, string] => [name, url]),
    ];
    for (const [name, url] of urls) {
      const got = await ironicChooses(url, { architecture: 'x86_64', download: 'http' });
      expect(got.name).toBe(name);
      expect(got.bytes.equals(await readFile(disk(name))), name).toBe(true);
    }
  });

  it('is told the same by push.json', async () => {
    const { ironic } = await workspace.json<{ ironic: object[] }>(`${example}/dist/push.json`);
    expect(ironic).toMatchObject([
      {
        image_source: image,
        deploy_kernel: expect.stringContaining(expected.kernel),
        image_pull_secret: 'registry-pull',
      },
    ]);
  });

  type Entry = Partial<RegistryDescriptor>;
  it.each([
    ['taken for bootc', 'with neither disktype nor artifactType', bare],
    [
      'no entry fits',
      'with a disktype that it does not know',
      (e: Entry) => ({ ...e, annotations: { disktype: 'iso' } }),
    ],
    ['no entry fits', 'for ppc64le', (e: Entry) => ({ ...e, platform: { os: 'linux', architecture: 'ppc64le' } })],
  ])('would fail (%s) on entries %s', async (failure, what, changed) => {
    const { manifests: entries, ...rest } = await index();
    const tag = what.replaceAll(' ', '-');
    const body = JSON.stringify({ schemaVersion: 2, ...rest, manifests: entries!.map(changed) });
    const put = await fetch(`${api}/manifests/${tag}`, { method: 'PUT', headers: { 'content-type': indexType }, body });
    expect(put.status).toBe(201);
    const chosen = ironicChooses(image.replace('1.0.0', tag), { architecture: 'x86_64', download: 'local' });
    await expect(chosen).rejects.toThrow(failure);
  });

  function bare({ mediaType, digest, size }: Entry): Entry {
    return { mediaType: mediaType!, digest: digest!, size: size! };
  }
});

describe('the example’s registry', () => {
  it('is never another one that has the port', async () => {
    const { code, all } = await workspace.nx(['run', 'ironic-disks:push']);
    expect(code).not.toBe(0);
    expect(all).toContain(`${address} is taken: by this example in another folder`);
    expect(all).not.toContain('image_source=');
  });

  it('asks for Debian’s package where it is not installed', async () => {
    const programs = workspace.path('programs');
    await mkdir(programs);
    for (const script of ['serve', 'ready']) {
      const args = [`../local-registry/${script}.ts`, 'registry.yaml'];
      const ended = run(process.execPath, args, { cwd: workspace.path(example), env: { PATH: programs } });
      await expect(ended).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^docker-registry is not installed.*apt-get install docker-registry\n$/),
      });
    }
  });
});

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
