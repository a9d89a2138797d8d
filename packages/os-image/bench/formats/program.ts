/** What is measured: a whole process that makes one output of an os-image. Arguments: what, project folder, output. */
import { readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { peakMiB } from '../../../../tools/bench/peak-memory.ts';
import { readOsImageFile } from '../../src/description/read.ts';
import type { FormatInput } from '../../src/format/format.ts';
import { makeDisk } from '../../src/format/disk/make.ts';
import { makeMetalStack } from '../../src/format/metal-stack/make.ts';
import { buildRootfs } from '../../src/rootfs/build.ts';
import type { RootfsResult } from '../../src/rootfs/result.ts';

const [what = '', project = '', folder = ''] = process.argv.slice(2);
const description = await readOsImageFile(join(project, 'os-image.yaml'));
const { signal } = new AbortController();
const work = { description, time: 0, folder, signal, note: () => undefined, stage: () => () => undefined };
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });

if (what === 'rootfs') {
  const sources = { files: async () => [], open: async () => ({ path: '' }) };
  const result = await buildRootfs({ ...work, sources });
  process.stdout.write(`${JSON.stringify({ peak: peakMiB(), result })}\n`);
} else {
  const rootfsFolder = join(project, 'dist/rootfs');
  const rootfs = JSON.parse(readFileSync(`${rootfsFolder}.json`, 'utf8')) as RootfsResult;
  const input: FormatInput = { ...work, version: '1.0.20240101', rootfs, rootfsFolder };
  await (what === 'disk' ? makeDisk(input) : makeMetalStack(input));
  process.stdout.write(`${JSON.stringify({ peak: peakMiB() })}\n`);
}
