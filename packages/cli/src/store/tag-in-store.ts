import { twoArguments } from '../arguments.ts';
import { answer } from '../answer.ts';
import { UsageError } from '../error.ts';
import { fullReference } from './full-reference.ts';
import { checkStoreName } from './store-path.ts';
import type { OnmetalStore } from './onmetal-store.ts';
import type { Terminal, Verb, VerbArguments } from '../verb.ts';

/** `ingot tag --store-path`: gives an image of the store a name (onmetal-image cmd/tag). Throws UsageError, INGOT_STORE_IMAGE. */
export async function tagInStore(verb: Verb, args: VerbArguments, store: OnmetalStore, terminal: Terminal) {
  const [old, name] = twoArguments(verb, args, ['an image of the store', 'a new full reference']);
  checkStoreName(old);
  checkNewName(name);
  const found = await store.find(old);
  await store.tag(found, name);
  const written = /^[0-9a-f]+$/.test(old) ? found.digest : old;
  answer(terminal, args.values, { digest: found.digest, references: [name] }, [
    `Successfully tagged ${name} with ${written}`,
  ]);
}

/** Throws UsageError for what onmetal-image could not find again. */
export function checkNewName(name: string): void {
  checkStoreName(name);
  const full = fullReference(name);
  if (full !== undefined && full.digest === undefined) return;
  throw new UsageError(
    `${JSON.stringify(name)} is no full reference`,
    'An image in a store is named with host, path and tag: registry.example/team/os:1.0',
  );
}
