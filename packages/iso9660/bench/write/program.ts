/** What is measured: a whole process that writes a tree as ISO. Arguments: tree, target, `hash`, `digest`, `sync`. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { IsoInput } from '../../src/index.ts';
import { peakMiB } from '../../../../tools/bench/peak-memory.ts';
import { planIso, writeIso } from '../../src/index.ts';

const [tree = '', target = '', ...words] = process.argv.slice(2);
const digests = words.includes('digest')
  ? (JSON.parse(readFileSync(`${tree}.json`, 'utf8')) as Record<string, string>)
  : {};
const inputs: IsoInput[] = [];
for (const folder of readdirSync(tree)) {
  for (const name of readdirSync(join(tree, folder))) {
    const path = join(tree, folder, name);
    const digest = digests[`${folder}/${name}`];
    const { size } = statSync(path);
    inputs.push({ path: `${folder}/${name}`, type: 'file', size, content: { path }, ...(digest && { digest }) });
  }
}
const plan = planIso(inputs, { volumeId: 'BENCH', time: 0 });
await writeIso(plan, target, { hash: words.includes('hash'), sync: words.includes('sync') });
console.log(peakMiB());
