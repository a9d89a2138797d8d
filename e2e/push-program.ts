import { copy, LayoutStore, readBlob } from '@ingot/content';
import type { Received } from '@ingot/content';
import { openRegistries } from '@ingot/registry';

/**
 * Pushes the one image of a layout, and then its tag, as the push target does; a program of its own, so that it can be
 * killed. `node push-program.ts <layout> <reference> [<reference>…]`. Prints, as JSON, how each blob came there.
 */
const [layout = '', ...references] = process.argv.slice(2);
const store = new LayoutStore(layout);
const [root] = await store.roots();
const registries = openRegistries();
const how: [digest: string, how: Received][] = [];
for (const reference of references) {
  const repository = registries.repository(reference);
  await copy(root!, store, repository, { onReceived: ({ digest }, received) => how.push([digest, received]) });
  await repository.tag(root!, await readBlob(store, root!), repository.reference.tag!);
}
await registries.close();
console.log(JSON.stringify(how));
