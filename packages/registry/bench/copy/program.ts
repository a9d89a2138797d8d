import { copy, LayoutStore, readBlob } from '@ingot/content';
import { openRegistries } from '../../src/index.ts';
import { peakMiB } from '../../../../tools/bench/peak-memory.ts';

const [verb, folder = '', reference = ''] = process.argv.slice(2);
const registries = openRegistries();
const remote = registries.repository(reference);
const layout = new LayoutStore(folder);
if (verb === 'push') {
  const [root] = await layout.roots();
  await copy(root!, layout, remote);
  await remote.tag(root!, await readBlob(layout, root!), remote.reference.tag ?? 'latest');
} else {
  const { descriptor } = await remote.manifest(remote.reference.tag ?? 'latest');
  await copy(descriptor, remote, layout);
  await layout.setRoots([descriptor]);
}
await registries.close();
console.log(peakMiB());
