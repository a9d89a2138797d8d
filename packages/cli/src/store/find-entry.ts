import { refName } from '@ingot/content';
import { parseReference } from '@ingot/registry/reference';
import { CliError } from '../error.ts';
import { fullReference } from './full-reference.ts';
import type { Descriptor } from '@ingot/content';

/**
 * The entry that `text` names, as onmetal-image looks for it (oci/store/store.go, cmd/common): `sha256:…` or its 64
 * digits, a full reference, with a digest or without; `list`'s IDs, or at least 6 digits, besides. The first that fits
 * counts. Throws CliError INGOT_STORE_IMAGE, saying what there is.
 */
export function findEntry(entries: readonly Descriptor[], text: string, store: string): Descriptor {
  const found = entries.filter(matcher(text));
  const [first] = found;
  if (first === undefined) throw unknown(entries, text, store);
  const digests = new Set(found.map(({ digest }) => digest));
  if (isShortId(text) && digests.size > 1) {
    throw new CliError(
      'INGOT_STORE_IMAGE',
      `${digests.size} images of ${store} begin with ${text}`,
      `Write more digits: ${[...digests].slice(0, 5).join(', ')}`,
    );
  }
  return first;
}

function matcher(text: string): (entry: Descriptor) => boolean {
  const [, hex] = /^(?:sha256:)?([0-9a-f]{64})$/.exec(text) ?? [];
  if (hex !== undefined) return ({ digest }) => digest === `sha256:${hex}`;
  if (isShortId(text)) return ({ digest }) => digest.startsWith(`sha256:${text}`);
  const reference = fullReference(text) ?? fullReference(normalised(text));
  if (reference === undefined) return () => false;
  const { repositoryName, tag, digest } = reference;
  const name = tag === undefined ? repositoryName : `${repositoryName}:${tag}`;
  return (entry) => entry.annotations?.[refName] === name && (digest === undefined || entry.digest === digest);
}

function isShortId(text: string): boolean {
  return /^[0-9a-f]{6,63}$/.test(text);
}

/** `debian:12` is docker.io/library/debian:12; no tag is added. */
function normalised(text: string): string {
  try {
    const { registry, repository } = parseReference(text);
    const end = /(?::[^/@]+)?(?:@.*)?$/.exec(text)?.[0] ?? '';
    return `${registry}/${repository}${end}`;
  } catch {
    return '';
  }
}

function unknown(entries: readonly Descriptor[], text: string, store: string): CliError {
  const short = entries.find(({ annotations }) => annotations?.[refName] === text);
  if (short !== undefined) {
    return new CliError(
      'INGOT_STORE_IMAGE',
      `${JSON.stringify(text)} is the name of an image in ${store}, but not a full reference`,
      `Name it by its digest, ${short.digest}: onmetal-image finds no short names. ingot tag gives it a full one.`,
    );
  }
  const there = entries.slice(0, 10).map(({ annotations, digest }) => annotations?.[refName] ?? digest);
  return new CliError(
    'INGOT_STORE_IMAGE',
    `${store} has no image ${JSON.stringify(text)}`,
    there.length === 0
      ? 'The store has no image at all.'
      : `There is ${[...new Set(there)].join(', ')}. Name one by its full reference, its digest, or the ID of ingot list.`,
  );
}
