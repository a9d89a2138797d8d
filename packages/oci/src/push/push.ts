import { copy, Graph, once, readBlob, type CopyOptions, type Descriptor, type Received } from '@ingot/content';
import type { Reference, Repository } from '@ingot/registry';
import { formatReference } from '@ingot/registry/reference';
import type { Attachment } from './attachment.ts';
import type { PushedReference, PushTotals } from './result.ts';
import type { Pushable, PushRoot } from './pushable.ts';

export interface PushOptions {
  readonly tags: readonly string[];
  readonly attachments: readonly Attachment[];
  /** So many bytes more are where they shall be, or were there. */
  readonly onBytes?: (bytes: number) => void;
}

export interface Pushed {
  readonly references: readonly PushedReference[];
  readonly totals: PushTotals;
}

/**
 * Pushes all roots to one repository: what it lacks, children before parents; then what is attached; the tags last, so
 * that none ever names half an image. Throws the registry's errors, and INGOT_BLOB_MISSING with all places tried.
 */
export async function pushTo(repository: Repository, what: Pushable, options: PushOptions): Promise<Pushed> {
  const { registry, repository: name } = repository.reference;
  await repository.expectPush();
  const totals = new Totals();
  const roots: PushRoot[] = [];
  for (const root of what.roots) {
    if (await isTagged(repository, root, options.tags)) totals.add(root.descriptor, 'present');
    else roots.push(root);
  }
  for (const { descriptor } of roots) await push(repository, what, descriptor, totals, options, { withoutRoot: true });
  const attached: PushedReference[] = [];
  for (const { subject, artifact, fetcher } of options.attachments) {
    await push(repository, { ...what, fetcher }, artifact, totals, options);
    await refer(repository, subject, artifact, await readBlob(fetcher, artifact));
    attached.push({ ...pushed({ registry, repository: name }, artifact), attachedTo: subject.digest });
  }
  const references: PushedReference[] = [];
  for (const { descriptor, suffix } of what.roots) {
    for (const tag of options.tags)
      references.push(pushed({ registry, repository: name, tag: tag + suffix }, descriptor));
  }
  for (const { descriptor, suffix } of roots) {
    const bytes = await readBlob(what.fetcher, descriptor);
    for (const tag of options.tags) await repository.tag(descriptor, bytes, tag + suffix);
    totals.addNew(descriptor);
  }
  return { references: [...references, ...attached], totals: totals.counted() };
}

/** Do all tags name it already? Then all that it names is there as well: one request is enough for an unchanged image. */
async function isTagged(repository: Repository, root: PushRoot, tags: readonly string[]): Promise<boolean> {
  for (const tag of tags) if ((await repository.digestOf(tag + root.suffix)) !== root.descriptor.digest) return false;
  return tags.length > 0;
}

/** How many bytes a push has to bring to one repository, whether they are there already or not. */
export async function sizeOf({ roots, fetcher }: Pushable): Promise<number> {
  return (await blobsOf({ roots, fetcher })).reduce((sum, { size }) => sum + size, 0);
}

/** All blobs and manifests of what is pushed, each once. */
export async function blobsOf({ roots, fetcher }: Pick<Pushable, 'roots' | 'fetcher'>): Promise<Descriptor[]> {
  const all = new Map<string, Descriptor>();
  for (const { descriptor } of roots) {
    for (const blob of (await Graph.read(descriptor, fetcher)).sorted()) all.set(blob.digest, blob);
  }
  return [...all.values()];
}

async function push(
  repository: Repository,
  { fetcher, knownIn }: Pushable,
  root: Descriptor,
  totals: Totals,
  { onBytes }: PushOptions,
  more: Pick<CopyOptions, 'withoutRoot'> = {},
): Promise<void> {
  const onReceived = (descriptor: Descriptor, how: Received): void => {
    totals.add(descriptor, how);
    if (how !== 'sent') onBytes?.(descriptor.size);
  };
  await copy(root, fetcher, repository, {
    mountFrom: (descriptor) => knownIn(repository.reference.registry, descriptor),
    onReceived,
    ...(onBytes === undefined ? {} : { onBytes }),
    ...more,
  });
}

/** A push that ended between the manifest and the list of referrers left it out of the list: it is looked for there. */
async function refer(repository: Repository, subject: Descriptor, artifact: Descriptor, bytes: Uint8Array) {
  const there = await repository.referrers(subject.digest);
  if (there.some(({ digest }) => digest === artifact.digest)) return;
  await repository.push(artifact, once(bytes));
}

function pushed(reference: Reference, descriptor: Descriptor): PushedReference {
  const { mediaType, digest, size } = descriptor;
  const text = reference.tag === undefined ? { ...reference, digest } : reference;
  return { reference: formatReference(text), mediaType, digest, size };
}

/** What came of each blob, each counted once. */
class Totals {
  readonly #how = new Map<string, { readonly how: Received; readonly size: number }>();

  add({ digest, size }: Descriptor, how: Received): void {
    if (!this.#how.has(digest) || how !== 'present') this.#how.set(digest, { how, size });
  }

  /** Sent, unless it was found there. */
  addNew(descriptor: Descriptor): void {
    if (!this.#how.has(descriptor.digest)) this.add(descriptor, 'sent');
  }

  counted(): PushTotals {
    const of = (wanted: Received) => {
      const those = [...this.#how.values()].filter(({ how }) => how === wanted);
      return { blobs: those.length, bytes: those.reduce((sum, { size }) => sum + size, 0) };
    };
    return { sent: of('sent'), mounted: of('mounted'), present: of('present') };
  }
}
