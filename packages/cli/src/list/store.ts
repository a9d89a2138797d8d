import { isIndex, isManifest, refName } from '@ingot/content';
import { answer } from '../answer.ts';
import { fullReference } from '../store/full-reference.ts';
import { columns } from '../store/columns.ts';
import type { Descriptor } from '@ingot/content';
import type { OnmetalStore } from '../store/onmetal-store.ts';
import type { Terminal, VerbValues } from '../verb.ts';

/** Lists a store as onmetal-image does, by digest from the last to the first (cmd/list). Throws ContentError INGOT_LAYOUT. */
export async function listStore(store: OnmetalStore, values: VerbValues, terminal: Terminal): Promise<void> {
  const entries = (await store.entries()).filter(({ mediaType }) => isManifest(mediaType) || isIndex(mediaType));
  const images = entries.toSorted((a, b) => (a.digest > b.digest ? -1 : Number(a.digest < b.digest))).map(described);
  const rows = images.map(({ repository, tag, digest }) => [
    repository ?? '<none>',
    tag ?? '<none>',
    digest.slice('sha256:'.length, 'sha256:'.length + 12),
  ]);
  answer(terminal, values, { images }, columns([['REPOSITORY', 'TAG', 'IMAGE ID'], ...rows]));
}

function described({ annotations, mediaType, digest, size }: Descriptor) {
  const reference = annotations?.[refName] ?? null;
  const full = reference === null ? undefined : fullReference(reference);
  return { reference, repository: full?.repositoryName ?? null, tag: full?.tag ?? null, mediaType, digest, size };
}
