import { stat } from 'node:fs/promises';
import type { BlobStore, Descriptor, Fetcher, Located } from '@ingot/content';
import type { Reference, Registries } from '@ingot/registry';
import { ProjectError } from '../error.ts';
import { LOCK_FILE, readLock, type Lock, type LockedImage } from '../lock/lock-file.ts';
import { registriesOf, type RegistryContext } from './session.ts';

/** An image of a registry, pinned: nothing of it is fetched yet but its manifest or index. */
export interface RegistryImage {
  readonly root: Descriptor;
  /** Reads through the shared store; goes to the registry for what is not there. */
  readonly fetcher: Fetcher & Located;
  /** The last part of the repository. */
  readonly name: string;
  readonly tag?: string;
  /** `docker://` with the digest, so that it means the same for ever. */
  readonly source: string;
}

/**
 * The image that `docker://<reference>` stands for: the digest in the reference, else that of ingot.lock. Only its
 * manifest is fetched. Throws INGOT_LOCK_MISSING, INGOT_LOCK_GONE, what `readLock` throws, and the registry's errors.
 */
export async function openRegistryImage(context: RegistryContext, reference: string): Promise<RegistryImage> {
  const { parseReference } = await import('@ingot/registry/reference');
  const asked = parseReference(reference);
  if (asked.digest !== undefined) return openPinned(await registriesOf(context), asked);
  const lock = await readLock(context.root);
  const locked = lock.find(asked);
  if (locked === undefined) throw notLocked(reference, lock);
  try {
    return await openPinned(await registriesOf(context), parseReference(locked.image), locked);
  } catch (error) {
    throw gone(error, locked, lock);
  }
}

async function openPinned(registries: Registries, reference: Reference, locked?: LockedImage): Promise<RegistryImage> {
  const { BlobStore, cachedIn, readBlob } = await import('@ingot/content');
  const { formatReference } = await import('@ingot/registry/reference');
  const { registry, repository, tag } = reference;
  const remote = registries.repository({ registry, repository });
  const store = new BlobStore();
  const fetcher = cachedIn(store, remote);
  const root =
    locked?.root ?? (await keptManifest(store, reference.digest!)) ?? (await remote.resolve(reference.digest));
  await readBlob(fetcher, root);
  return {
    root,
    fetcher,
    name: repository.slice(repository.lastIndexOf('/') + 1),
    ...(tag === undefined ? {} : { tag }),
    source: `docker://${formatReference(reference)}`,
  };
}

/**
 * The manifest or index of this digest that the store has: of who names a digest alone the registry would be asked for
 * media type and size, each time. Undefined where it is not there, or does not say itself what it is.
 */
async function keptManifest(store: BlobStore, digest: string): Promise<Descriptor | undefined> {
  const { isIndex, isManifest, readBlob } = await import('@ingot/content');
  const unknown = { mediaType: '', digest, size: 0 };
  const size = (await stat(store.pathOf(unknown)).catch(() => undefined))?.size;
  if (size === undefined) return undefined;
  try {
    const text = Buffer.from(await readBlob(store, { ...unknown, size })).toString('utf8');
    const { mediaType } = JSON.parse(text) as { readonly mediaType?: unknown };
    const isKnown = typeof mediaType === 'string' && (isManifest(mediaType) || isIndex(mediaType));
    return isKnown ? { mediaType, digest, size } : undefined;
  } catch {
    return undefined; // The registry has it whole, or says what is wrong.
  }
}

/** Where the blobs of a pinned source are (see `RegistryImage.source`): the shared store, then the registry. */
export async function registryFetcher(context: RegistryContext, reference: string): Promise<Fetcher & Located> {
  const { BlobStore, cachedIn } = await import('@ingot/content');
  const { parseReference } = await import('@ingot/registry/reference');
  const { registry, repository } = parseReference(reference);
  return cachedIn(new BlobStore(), (await registriesOf(context)).repository({ registry, repository }));
}

function notLocked(reference: string, { images }: Lock): ProjectError {
  const near = images.length === 0 ? '' : `; locked are ${images.map(({ image }) => withoutDigest(image)).join(', ')}`;
  return new ProjectError('INGOT_LOCK_MISSING', `docker://${reference} is not in ${LOCK_FILE}${near}`, {
    help: 'run `nx g @ingot/oci:lock`: it asks the registry once, and pins the digest',
  });
}

/** A digest that the registry has no more is an old lock, not a broken network. */
function gone(error: unknown, locked: LockedImage, lock: Lock): unknown {
  const { code } = error as { code?: unknown };
  if (code !== 'INGOT_REGISTRY_MISSING' && code !== 'INGOT_BLOB_MISSING') return error;
  return new ProjectError('INGOT_LOCK_GONE', `the registry no longer has ${locked.image}`, {
    place: lock.place(locked),
    help: `run \`nx g @ingot/oci:lock --update '${withoutDigest(locked.image)}'\` for what the tag names now, or set up a mirror that keeps it`,
    cause: error,
  });
}

function withoutDigest(image: string): string {
  return image.slice(0, image.indexOf('@'));
}
