import { copy } from '@ingot/content';
import { formatReference } from '@ingot/registry/reference';
import { accessTo } from '../access.ts';
import { answer } from '../answer.ts';
import { firstArgument, refuseMore } from '../arguments.ts';
import { deliverToRegistry, sizeOf } from '../deliver.ts';
import { UsageError } from '../error.ts';
import { manifestsOnce } from '../manifests-once.ts';
import { moving } from '../moving.ts';
import { imageSource, platformOption, rootOf } from '../open-image.ts';
import { isRegistryArgument, registryArgument } from '../registry-argument.ts';
import { stoppable } from '../stoppable.ts';
import { withRegistries } from '../with-registries.ts';
import { fullReference } from './full-reference.ts';
import { checkStoreName } from './store-path.ts';
import { checkNewName } from './tag-in-store.ts';
import type { Reference } from '@ingot/registry/reference';
import type { OnmetalStore } from './onmetal-store.ts';
import type { Terminal, Verb, VerbArguments } from '../verb.ts';

/**
 * `ingot copy --store-path`: what is named without docker:// is in the store. `REF [docker://REF]` pushes as
 * onmetal-image push does, `docker://REF [REF]` pulls as its pull does.
 */
export async function copyWithStore(verb: Verb, args: VerbArguments, store: OnmetalStore, terminal: Terminal) {
  const [from, to, ...more] = firstArgument(verb, args, 'an image of the store, or of a registry');
  refuseMore(verb, more);
  if (!isRegistryArgument(from)) return push(verb, { from, to, args, store, terminal });
  return pull(verb, { from, to, args, store, terminal });
}

interface Task {
  readonly from: string;
  readonly to: string | undefined;
  readonly args: VerbArguments;
  readonly store: OnmetalStore;
  readonly terminal: Terminal;
}

async function push(verb: Verb, { from, to, args: { values }, store, terminal }: Task): Promise<void> {
  checkStoreName(from);
  const reference = to === undefined ? ownRegistry(from) : registryArgument(verb, to);
  const platform = platformOption(values);
  const found = await store.find(from);
  const { root, tally } = await withRegistries(terminal, async ({ repository, signal }) => {
    const remote = await repository(reference, accessTo(reference.registry, values, terminal, 'dest'));
    const root = await rootOf({ root: found, fetcher: store }, platform);
    const fetcher = manifestsOnce(stoppable(store, signal));
    const tally = await moving(`pushing ${from}`, terminal, (options) =>
      deliverToRegistry(root, fetcher, remote, [], options),
    );
    return { root, tally };
  });
  const name = to === undefined ? from : formatReference(reference);
  const line = `Successfully pushed ${name} ${hex(root.digest)}`;
  answer(terminal, values, { destination: `docker://${name}`, ...root, ...tally.counted() }, [line]);
}

/** Where onmetal-image pushes to: the registry that the image's own name has. */
function ownRegistry(text: string): Reference {
  const full = fullReference(text);
  if (full?.tag !== undefined) return full;
  throw new UsageError(
    `${JSON.stringify(text)} does not say which registry, or has no tag`,
    'Write where to: ingot copy --store-path … REF docker://HOST/NAME:TAG, or tag it so first.',
  );
}

async function pull(verb: Verb, { from, to, args: { values }, store, terminal }: Task): Promise<void> {
  const reference = registryArgument(verb, from);
  if (to !== undefined) checkNewName(to);
  const name = to ?? nameOf(reference);
  const platform = platformOption(values);
  const source = imageSource(from, values, terminal, 'src');
  const root = await withRegistries(terminal, async (network) => {
    const opened = await source.open(network);
    const root = await rootOf(opened, platform);
    const fetcher = manifestsOnce(stoppable(opened.fetcher, network.signal));
    await moving(`pulling ${from}`, terminal, async ({ onTotal, onBytes }) => {
      onTotal(await sizeOf(root, fetcher));
      await copy(root, fetcher, store, { onBytes });
    });
    return root;
  });
  await store.add(root);
  if (name !== undefined) await store.tag(root, name);
  const shown = name ?? formatReference(reference);
  const line = `Successfully pulled ${shown} ${hex(root.digest)}`;
  answer(terminal, values, { reference: name ?? null, ...root }, [line]);
}

/** What the image is called in the store; by its digest alone, nothing. */
function nameOf({ registry, repository, tag }: Reference): string | undefined {
  return tag === undefined ? undefined : formatReference({ registry, repository, tag });
}

function hex(digest: string): string {
  return digest.slice('sha256:'.length);
}
