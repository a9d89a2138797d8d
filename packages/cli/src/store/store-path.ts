import { resolve } from 'node:path';
import { UsageError } from '../error.ts';
import { isRegistryArgument } from '../registry-argument.ts';
import { OnmetalStore } from './onmetal-store.ts';
import type { Terminal, VerbOption, VerbValues } from '../verb.ts';

/** The option of the verbs that work on a store of onmetal-image. */
export const storePathOption: VerbOption = {
  type: 'string',
  value: 'folder',
  help: 'work on a store of onmetal-image; its images are named without docker://',
};

/** The store that --store-path names; undefined where it names none. Throws UsageError. */
export function storeOption(
  { 'store-path': path }: VerbValues,
  { cwd }: Pick<Terminal, 'cwd'>,
): OnmetalStore | undefined {
  if (typeof path !== 'string') return undefined;
  if (path === '') throw new UsageError('--store-path names no folder', 'Write --store-path ./onmetal');
  return new OnmetalStore(resolve(cwd(), path));
}

/** Throws UsageError for a name with a transport: what is in the store has none. */
export function checkStoreName(text: string): void {
  const [transport] = /^(?:docker:\/\/|(?:oci|oci-archive|docker-archive|docker-daemon|dir|project):)/.exec(text) ?? [];
  if (transport === undefined) return;
  throw new UsageError(
    `with --store-path, ${JSON.stringify(text)} is no image of the store`,
    isRegistryArgument(text)
      ? `Write ${text.slice(transport.length)}, or leave --store-path out for the registry.`
      : 'Write its full reference, digest or ID, or leave --store-path out.',
  );
}
