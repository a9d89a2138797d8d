import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { assembleImage, LayoutStore, oci, refName, tarStream, type LayerFile } from '@ingot/content';
import { describe, expect, it } from 'vitest';
import { registryTest } from '../test/registry-test.ts';

const { at, run, startRegistry, succeed } = registryTest();

const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n';

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(at(path)), { recursive: true });
    await writeFile(at(path), text);
  }
}

/** An image of one layer with these files, as `oci:NAME:1.0`. */
async function image(name: string, files: Readonly<Record<string, string>>): Promise<void> {
  const entries = Object.entries(files).map(([path, text]): LayerFile => {
    const content = Buffer.from(text);
    return { type: 'file', path, mode: 0o644, uid: 0, gid: 0, size: content.length, content };
  });
  const store = new LayoutStore(at(name));
  const tar = Buffer.concat(await Array.fromAsync(tarStream(entries, { mtime: 0 })));
  const descriptor = await store.ingest(oci.layerGzip, once(gzipSync(tar)));
  const layers = [{ descriptor, diffId: `sha256:${'0'.repeat(64)}` }];
  const platform = { os: 'linux', architecture: 'amd64' };
  const made = await assembleImage({ layers, platform, created: 0 }, store);
  await store.setRoots([{ ...made.descriptor, annotations: { [refName]: '1.0' } }]);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

describe('ingot verify, of bundles', () => {
  it('judges a folder, a line each', async () => {
    await write({ 'bundle/manifests/a.yaml': namespace });
    const { exit, stdout, stderr } = await run('verify', 'bundle');
    expect([exit, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^ok {7}\S+ {2}/);
    expect(stdout).toMatch(/\nbundle: \d+ rules hold, 0 warnings, 0 errors\n$/);
  });

  it('says what is wrong and where, and fails', async () => {
    await write({ 'bundle/manifests/a.yaml': namespace, 'bundle/manifests/b.yaml': 'apiVersion: v1\nkind: Secret\n' });
    const { exit, stdout } = await run('verify', './bundle');
    expect(exit).toBe(1);
    expect(stdout).toMatch(/^error {4}\S+ {2}manifests\/b\.yaml:1:1: /m);
    const verdict = JSON.parse((await run('verify', 'bundle', '--json')).stdout) as {
      errors: number;
      findings: object[];
    };
    expect(verdict).toMatchObject({ bundle: 'bundle', errors: 1 });
    expect(verdict.findings).toContainEqual(
      expect.objectContaining({ level: 'error', path: 'manifests/b.yaml:1:1', remedy: expect.any(String) as string }),
    );
  });

  it('reads images: layouts, with and without their name, and registries', async () => {
    const registry = await startRegistry();
    await image('layout', { 'manifests/a.yaml': namespace });
    const target = `docker://${registry.host}/team/bundle:1.0`;
    await succeed('copy', 'oci:layout', target);
    for (const source of ['layout', 'oci:layout', 'oci:layout:1.0', target]) {
      expect(await succeed('verify', source), source).toContain(' 0 errors');
    }
  });

  it('takes another format and consumer where it is told to', async () => {
    await write({ 'bundle/manifests/a.yaml': namespace });
    const asRegistry = await run('verify', 'bundle', '--format', 'registry', '--consumer', 'olm');
    expect(asRegistry.exit).toBe(1);
    expect(asRegistry.stdout).toContain('ClusterServiceVersion');
    expect((await run('verify', 'bundle')).exit).toBe(0);
  });

  it.each([
    [['verify', 'bundle', '--format', 'plane'], 2, '"plane" is none of plain, registry, helm; did you mean "plain"?'],
    [['verify', 'bundle', '--consumer', 'olmv0'], 2, '"olmv0" is none of rukpak, olm'],
    [['verify', 'docker://127.0.0.1:1/x:1'], 1, 'INGOT_REGISTRY_'],
    [['verify', 'missing'], 1, 'INGOT_ISO_OPEN'],
    [['verify', 'oci:missing'], 1, 'INGOT_'],
  ])('ingot %j: exit %i, %s', async (args, exit, message) => {
    await write({ 'bundle/manifests/a.yaml': namespace });
    const result = await run(...args);
    expect(result.exit).toBe(exit);
    expect(result.stderr).toContain(message);
  });

  it('says that a folder is no bundle', async () => {
    await write({ 'folder/readme.txt': 'nothing' });
    const { exit, stdout } = await run('verify', 'folder');
    expect(exit).toBe(1);
    expect(stdout).toContain('bundle-format');
  });

  it('lets no name in a bundle write on the terminal', async () => {
    await write({ 'bundle/manifests/\u001b[2Ja.yaml': 'kind: [' });
    expect((await run('verify', 'bundle')).stdout).not.toContain('\u001b');
  });
});
