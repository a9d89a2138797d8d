import { execFile } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exportLayout, firstOf, LayoutStore } from '@ingot/content';
import { InstalledWorkspace } from '../../../tools/bench/installed-workspace.ts';
import { referee } from '../../../tools/referee.ts';
import { DockerRegistry } from '../../../tools/registry/docker-registry.ts';
import type { Row } from '../../../tools/bench/row.ts';

export const name = 'pushing 100 images with one base of 20 MB, docker-registry 2.8 on loopback, in memory';

const names = Array.from({ length: 100 }, (_, i) => `leaf-${i}`);
const execute = promisify(execFile);

/**
 * `nx run-many -t push` as a user types it, with Nx's own start and the images in its cache, beside a hundred runs of
 * skopeo, one after the other, out of complete layouts. Each side has a registry of its own.
 */
export async function run(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'ingot-bench-push-'));
  try {
    await using ours = await DockerRegistry.start({ inMemory: true });
    await using theirs = await DockerRegistry.start({ inMemory: true });
    const workspace = await InstalledWorkspace.create(folder);
    await writeImages(workspace, ours.host);
    await workspace.nx('run-many', '-t', 'image');
    await writeCompleteLayouts(folder);
    await execute('sync');
    const { seconds } = await workspace.nx('run-many', '-t', 'push');
    await execute('sync');
    const skopeo = await skopeoCopies(folder, theirs.host);
    const again = await workspace.nx('run-many', '-t', 'push');
    const cached = await workspace.nx('run-many', '-t', 'image');
    const own = seconds - cached.seconds;
    const against = 'times faster than 100 skopeo copies';
    return [
      { what: 'nx run-many -t push', seconds, ratio: skopeo / seconds, against, bound: '≥ 5' },
      { what: '… beyond what Nx needs for the cached images', seconds: own, ratio: skopeo / own, against },
      { what: '… once more, nothing to send', seconds: again.seconds },
      { what: 'nx run-many -t image, all cached', seconds: cached.seconds },
      { what: '100 skopeo copies', seconds: skopeo },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeImages(workspace: InstalledWorkspace, host: string): Promise<void> {
  const image = (name: string, from: string, more: string) =>
    `ingot: image/v1\nname: ${name}\nversion: 1.0.0\nfrom: ${from}\nlayers:\n  - files: [{ from: www, to: /www }]\n${more}`;
  await workspace.write('base/image.yaml', image('base', 'scratch', ''));
  await workspace.write('base/www/readme.txt', 'base');
  await writeFile(join(workspace.folder, 'base/www/base.bin'), randomFillSync(Buffer.alloc(20_000_000)));
  for (const name of names) {
    await workspace.write(`${name}/image.yaml`, image(name, 'project:base', `repository: ${host}/bench/${name}\n`));
    await workspace.write(`${name}/www/index.html`, name.repeat(10_000));
  }
}

/** What skopeo can read: our own layouts hold what each project made, and name the rest. */
async function writeCompleteLayouts(folder: string): Promise<void> {
  const base = new LayoutStore(join(folder, 'base/dist/image'));
  for (const name of names) {
    const own = new LayoutStore(join(folder, name, 'dist/image'));
    const [root] = await own.roots();
    await exportLayout(root!, firstOf([own, base]), join(folder, 'complete', name), { reference: '1.0.0' });
  }
}

async function skopeoCopies(folder: string, host: string): Promise<number> {
  const start = performance.now();
  for (const name of names) {
    const from = `oci:${join(folder, 'complete', name)}:1.0.0`;
    const to = `docker://${host}/bench/${name}:1.0.0`;
    await execute(referee('skopeo'), ['--insecure-policy', 'copy', '-q', '--dest-tls-verify=false', from, to]);
  }
  return (performance.now() - start) / 1000;
}
