import { join } from 'node:path';

import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { NxWorkspace } from '../tools/nx-workspace.ts';
import { referee } from '../tools/referee.ts';
import { DockerRegistry } from '../tools/registry/docker-registry.ts';
import { sampleLayout } from './sample-layout.ts';

let registry: DockerRegistry;
let workspace: NxWorkspace;

/** Brings a layout of the workspace into the registry as a user of skopeo would, and answers with its digest there. */
async function skopeoPush(layout: string, name: string): Promise<string> {
  const to = `docker://${registry.host}/${name}`;
  await execa(referee('skopeo'), ['copy', '-q', '--dest-tls-verify=false', `oci:${workspace.path(layout)}`, to]);
  const { stdout } = await execa(referee('skopeo'), ['inspect', '--tls-verify=false', to]);
  return (JSON.parse(stdout) as { Digest: string }).Digest;
}

beforeAll(async () => {
  registry = await DockerRegistry.start();
  workspace = await NxWorkspace.create({
    nxJson: { plugins: ['@ingot/oci/plugin', '@ingot/solution/plugin'] },
    files: {
      'shop/solution.yaml': `ingot: solution/v1
name: shop
version: 1.0.0
images:
  - from: docker://${registry.host}/vendor/shop-operator:1.0.0
  - { from: 'docker://${registry.host}/vendor/tool:2.0', name: tool, tag: 2.0.0 }
operator: { image: shop-operator }
`,
    },
  });
  await sampleLayout(workspace.path('operator'), { layers: [{ operator: 'o'.repeat(50_000) }], compression: 'gzip' });
  await sampleLayout(workspace.path('tool'), { layers: [{ tool: 't'.repeat(50_000) }], compression: 'none' });
});
afterAll(async () => {
  await workspace?.remove();
  await registry?.[Symbol.asyncDispose]();
});

describe('a Solution of images from a registry', () => {
  it('is planned, packed and verified through ingot.lock', async () => {
    const digest = await skopeoPush('operator', 'vendor/shop-operator:1.0.0');
    await skopeoPush('tool', 'vendor/tool:2.0');
    const locked = await workspace.nx(['g', '@ingot/oci:lock']);
    expect(locked.code, locked.all).toBe(0);
    const packed = await workspace.nx(['run', 'shop:verify']);
    expect(packed.code, packed.all).toBe(0);

    const plan = await workspace.read('shop/dist/plan.json');
    expect(plan).toContain(`docker://${registry.host}/vendor/shop-operator:1.0.0@${digest}`);
    const listed = ['-R', '-l', '-i', workspace.path('shop/dist/shop-1.0.0.iso')];
    expect((await execa(referee('isoinfo'), listed)).stdout).toContain('/images/shop-operator/1.0.0');
  });

  it('is packed again without the registry, and says where a layer was looked for that is nowhere', async () => {
    const offline = { INGOT_OFFLINE: '1' };
    const again = await workspace.nx(['run', 'shop:pack', '--skip-nx-cache'], offline);
    expect(again.code, again.all).toBe(0);

    const blobs = workspace.path('.store/blobs/sha256');
    const plan = await workspace.json<{ contents: Record<string, { source?: string; mediaType?: string }> }>(
      'shop/dist/plan.json',
    );
    const [layer] = Object.entries(plan.contents).find(([, { mediaType }]) => mediaType?.includes('rootfs'))!;
    await execa('rm', ['-f', join(blobs, layer.slice('sha256:'.length)), workspace.path('shop/dist/shop-1.0.0.iso')]);
    const missing = await workspace.nx(['run', 'shop:pack', '--skip-nx-cache'], offline);
    expect(missing.code).not.toBe(0);
    expect(missing.all).toContain('INGOT_OFFLINE');
    expect(missing.all).toContain(layer);

    await registry[Symbol.asyncDispose]();
    const gone = await workspace.nx(['run', 'shop:pack', '--skip-nx-cache']);
    expect(gone.code).not.toBe(0);
    expect(gone.all).toMatch(/INGOT_REGISTRY_/);
    expect(gone.all).toContain(registry.host);
  });
});
