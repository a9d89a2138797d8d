import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { referee } from '../../../../tools/referee.ts';

const execute = promisify(execFile);

/** What took how long, in seconds. */
export type PeerTimes = { skopeo: number; hardlink: number; xorriso: number; sha256sum: number; all: number };

/** What MetalK8s' documentation tells people to do, with these images: the folder `images`, and an ISO of it. */
export async function packWithPeers(layouts: readonly string[], folder: string): Promise<PeerTimes> {
  await rm(folder, { recursive: true, force: true });
  const tree = join(folder, 'tree');
  await mkdir(join(tree, 'images'), { recursive: true });
  await writeFile(join(tree, 'manifest.yaml'), 'kind: Solution\n');

  const skopeo = await timed(() => copyImages(layouts, tree));
  const hardlink = await timed(() => execute(referee('hardlink'), ['-c', join(tree, 'images')]));
  const iso = join(folder, 'peers.iso');
  const xorriso = await timed(() => makeIso(tree, iso));
  const sha256sum = await timed(async () => {
    const { stdout } = await execute('sha256sum', [iso]);
    await writeFile(`${iso}.sha256`, stdout);
  });
  await rm(folder, { recursive: true, force: true });
  return { skopeo, hardlink, xorriso, sha256sum, all: skopeo + hardlink + xorriso + sha256sum };
}

async function copyImages(layouts: readonly string[], tree: string): Promise<void> {
  for (const layout of layouts) {
    const to = join(tree, 'images', basename(layout), '1.0.0');
    await mkdir(to, { recursive: true });
    const verb = ['--insecure-policy', 'copy', '--quiet', '--format', 'v2s2', '--dest-compress'];
    await execute(referee('skopeo'), [...verb, `oci:${layout}`, `dir:${to}`]);
  }
}

/** The invocation of MetalK8s' own example, by xorriso. */
async function makeIso(tree: string, iso: string): Promise<void> {
  const options = ['-R', '-J', '-joliet-long', '-l', '-V', 'hello 1.0.0', '-uid', '0', '-gid', '0', '-iso-level', '3'];
  await execute(referee('xorriso'), ['-as', 'mkisofs', '-quiet', ...options, '-o', iso, tree]);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
