import { ContentError, isDigest, readBlob } from '@ingot/content';
import { download } from './blob/download.ts';
import { beginUpload } from './blob/upload.ts';
import { hasBlob } from './blob/presence.ts';
import { locationOf } from './blob/location.ts';
import { RegistryError } from './error.ts';
import { getManifest, headManifest, manifestLimit } from './manifest/fetch.ts';
import { acceptManifests, isManifestLike } from './manifest/media-types.ts';
import { putManifest } from './manifest/put.ts';
import { removeManifest } from './manifest/remove.ts';
import { missing } from './missing.ts';
import { receiveBlob } from './receive.ts';
import { addByTag, referrerOf, removeByTag } from './referrers/attach.ts';
import { listReferrers } from './referrers/list.ts';
import { listTags, tagSyntax } from './tags.ts';
import type {
  ByteRange,
  Content,
  Descriptor,
  Fetcher,
  ReceiveOptions,
  Received,
  Receiver,
  Store,
} from '@ingot/content';
import type { RegistryClient } from './client.ts';
import type { FetchedManifest } from './manifest/fetch.ts';
import type { Reference } from './reference.ts';
import type { Sent } from './sent/sent.ts';

export type { FetchedManifest } from './manifest/fetch.ts';

/** Where a blob or manifest can be had with any HTTP client. Holds no secret. */
export interface BlobUrl {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

/** What a repository talks to. */
export interface Places {
  /** The registry itself, as it is pushed to. */
  own(): Promise<RegistryClient>;
  /** Where to pull from, in this order: mirrors, then the registry. They may differ for tags and digests. */
  pullFrom(reference: Reference): Promise<readonly RegistryClient[]>;
  readonly sent: Sent;
  readonly warn: (text: string) => void;
}

/**
 * A repository of a registry: a store of blobs and manifests by digest, and names for manifests. Every method throws
 * the errors INGOT_REGISTRY_* that the network, the registry and its logins give occasion for, and INGOT_OFFLINE.
 */
export class Repository implements Store, Receiver {
  /** A registry takes a manifest only when it has what that names. */
  readonly holdsGraphs = true;
  readonly reference: Reference;
  readonly #places: Places;
  /** Who gave wrong bytes: `host/name@digest`. */
  readonly #wrong = new Set<string>();

  constructor(reference: Reference, places: Places) {
    this.reference = reference;
    this.#places = places;
  }

  /** Errors name it: a blob that is nowhere was looked for here, too. */
  get place(): string {
    return `docker://${this.reference.registry}/${this.reference.repository}`;
  }

  /** Asks the registry itself; its mirrors only where it cannot be reached. */
  async exists(descriptor: Descriptor): Promise<boolean> {
    const own = await this.#places.own();
    try {
      return await existsAt(own, descriptor);
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      const others = (await this.#pullFrom(descriptor.digest)).filter((client) => client !== own);
      for (const other of others) if (await existsAt(other, descriptor).catch(() => false)) return true;
      throw error;
    }
  }

  /** Mirrors first; after a cut it goes on where it was. Throws INGOT_BLOB_MISSING, and INGOT_BLOB_WRONG for its size. */
  fetch(descriptor: Descriptor, range?: ByteRange): Content {
    let giver: RegistryClient | undefined;
    const told = (client: RegistryClient) => (giver = client);
    return {
      [Symbol.asyncIterator]: () => this.#fetch(descriptor, range, told),
      reject: async () => {
        if (giver !== undefined) this.#wrong.add(`${giver.name}@${descriptor.digest}`);
      },
    };
  }

  /** For content that can be read once; `receive` begins again where it must. Manifests with a subject are listed. */
  async push(descriptor: Descriptor, content: AsyncIterable<Uint8Array>): Promise<void> {
    await this.receive(descriptor, new OnlyOnce(content));
  }

  /** Throws INGOT_BLOB_WRONG and INGOT_BLOB_MISSING for what `from` gives. */
  async receive(descriptor: Descriptor, from: Fetcher, options: ReceiveOptions = {}): Promise<Received> {
    const own = await this.#places.own();
    own.expectPush();
    if (!isManifestLike(descriptor.mediaType)) {
      return receiveBlob(own, this.#places.sent, descriptor, from, options);
    }
    const bytes = await readBlob(from, descriptor, { limit: manifestLimit });
    // What belongs to another is sent again: a run that ended before it was listed there has left it unlisted.
    if (referrerOf(descriptor, bytes) === undefined && (await existsAt(own, descriptor))) return 'present';
    await this.#put(descriptor, bytes, descriptor.digest);
    options.onBytes?.(bytes.length);
    return 'sent';
  }

  /** What a tag or digest names; without one, what the reference names. Throws INGOT_REGISTRY_MISSING with near tags. */
  async resolve(tagOrDigest: string = this.#named()): Promise<Descriptor> {
    return this.#pulled(tagOrDigest, (client) => headManifest(client, tagOrDigest));
  }

  /** As `resolve`, with the bytes: at most 4 MiB, their digest compared with what was asked for. */
  async manifest(tagOrDigest: string = this.#named()): Promise<FetchedManifest> {
    return this.#pulled(tagOrDigest, (client) => getManifest(client, tagOrDigest));
  }

  /** What a tag names at the registry itself, whatever its mirrors say; undefined where there is no such tag. */
  async digestOf(tag: string): Promise<string | undefined> {
    checkTag(tag);
    return (await headManifest(await this.#places.own(), tag))?.digest;
  }

  /** Gives a manifest that is there a tag, by sending it again. Sends nothing where the tag is this one's already. */
  async tag(descriptor: Descriptor, bytes: Uint8Array, tag: string): Promise<void> {
    checkTag(tag);
    const now = await headManifest(await this.#places.own(), tag);
    if (now?.digest === descriptor.digest) return;
    await this.#put(descriptor, bytes, tag);
  }

  tags(): AsyncIterable<string> {
    return { [Symbol.asyncIterator]: () => this.#tags() };
  }

  /** The manifests that are attached to one, of one artifact type or all. */
  async referrers(digest: string, artifactType?: string): Promise<readonly Descriptor[]> {
    return listReferrers(await this.#places.own(), digest, artifactType);
  }

  /**
   * Deletes a tag, or a manifest by its digest with all of its tags.
   * Throws INGOT_REGISTRY_UNSUPPORTED where the registry deletes nothing, or no tags; INGOT_REGISTRY_MISSING.
   */
  async remove(tagOrDigest: string): Promise<void> {
    const own = await this.#places.own();
    const before = isDigest(tagOrDigest) ? await getManifest(own, tagOrDigest) : undefined;
    if (!(await removeManifest(own, tagOrDigest))) throw await missing(own, tagOrDigest);
    const referrer = before && referrerOf(before.descriptor, before.bytes);
    if (referrer !== undefined) await this.#listing(referrer.subject, () => removeByTag(own, referrer));
  }

  /** Asks the registry whether it takes this login at all, whatever it may do. OCI distribution-spec § Determining Support. */
  async checkLogin(): Promise<void> {
    const own = await this.#places.own();
    const path = new URL('/v2/', own.endpoint.origin);
    await own.ask({ method: 'GET', path, what: `log in to ${own.endpoint.registry}`, expect: [200], login: true });
  }

  /** Says that this is going to be pushed to: whoever looks for something first asks for the right to push then. */
  async expectPush(): Promise<void> {
    (await this.#places.own()).expectPush();
  }

  /** Finds out whether this login may push here: opens an upload and gives it up. */
  async checkPush(): Promise<void> {
    const own = await this.#places.own();
    const answer = await beginUpload(own, `push to ${own.name}`, true);
    const path = locationOf(answer, own.endpoint.origin);
    const what = `give up an upload to ${own.name}`;
    // What becomes of it is no matter: registries drop uploads that nobody goes on with.
    await own.ask({ method: 'DELETE', path, what, expect: [204], push: true, retry: false }).catch(() => undefined);
  }

  /** Where curl finds it. */
  async url({ mediaType, digest }: Descriptor): Promise<BlobUrl> {
    const own = await this.#places.own();
    if (!isManifestLike(mediaType)) return { url: own.url(`blobs/${digest}`).href, headers: {} };
    return { url: own.url(`manifests/${digest}`).href, headers: { accept: mediaType } };
  }

  #named(): string {
    return this.reference.digest ?? this.reference.tag ?? 'latest';
  }

  #pullFrom(tagOrDigest: string): Promise<readonly RegistryClient[]> {
    const { registry, repository } = this.reference;
    const name = isDigest(tagOrDigest) ? { digest: tagOrDigest } : { tag: tagOrDigest };
    return this.#places.pullFrom({ registry, repository, ...name });
  }

  async *#tags(): AsyncGenerator<string, void, undefined> {
    yield* listTags(await this.#places.own());
  }

  async *#fetch(
    descriptor: Descriptor,
    range: ByteRange | undefined,
    told: (client: RegistryClient) => void,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const { digest, mediaType, size } = descriptor;
    const isManifest = isManifestLike(mediaType);
    const place = isManifest
      ? { path: `manifests/${digest}`, accept: acceptManifests }
      : { path: `blobs/${digest}`, accept: '*/*' };
    const position =
      range === undefined ? { at: 0, end: size } : { at: range.offset, end: range.offset + range.length };
    const clients = await this.#pullFrom(digest);
    for (const client of clients) {
      const isLast = client === clients.at(-1);
      if (!isLast && this.#wrong.has(`${client.name}@${digest}`)) continue;
      told(client);
      try {
        return yield* download(client, descriptor, position, place);
      } catch (error) {
        if (!isLast) this.#passOver(client, error);
        else throw isOf(error, 'INGOT_REGISTRY_MISSING') ? missingBlob(descriptor, clients, error) : error;
      }
    }
  }

  /** From the first that has it. */
  async #pulled<T>(tagOrDigest: string, get: (client: RegistryClient) => Promise<T | undefined>): Promise<T> {
    if (!isDigest(tagOrDigest)) checkTag(tagOrDigest);
    const clients = await this.#pullFrom(tagOrDigest);
    for (const client of clients.slice(0, -1)) {
      try {
        const found = await get(client);
        if (found !== undefined) return found;
      } catch (error) {
        this.#passOver(client, error);
      }
    }
    const last = clients.at(-1)!;
    const found = await get(last);
    if (found === undefined) throw await missing(last, tagOrDigest);
    return found;
  }

  /** A mirror failed: the next is asked, and the user told, unless it just does not have it. */
  #passOver(mirror: RegistryClient, error: unknown): void {
    mirror.retrying.signal?.throwIfAborted();
    if (isOf(error, 'INGOT_OFFLINE') || isOf(error, 'INGOT_REGISTRY_CLOSED') || !(error instanceof Error)) throw error;
    if (isOf(error, 'INGOT_REGISTRY_MISSING')) return;
    this.#places.warn(`the mirror ${mirror.name} is passed over: ${error.message}`);
  }

  async #put(descriptor: Descriptor, bytes: Uint8Array, reference: string): Promise<void> {
    const own = await this.#places.own();
    const isListed = await putManifest(own, descriptor, bytes, reference);
    const referrer = isListed ? undefined : referrerOf(descriptor, bytes);
    if (referrer !== undefined) await this.#listing(referrer.subject, () => addByTag(own, referrer));
  }

  /** The list of a subject is read, changed and written: by one at a time. */
  async #listing(subject: string, work: () => Promise<void>): Promise<void> {
    const { retrying, name } = await this.#places.own();
    return this.#places.sent.alone(name, subject, retrying.signal, work);
  }
}

/** Content that can be read once. */
class OnlyOnce implements Fetcher {
  #content: AsyncIterable<Uint8Array> | undefined;

  constructor(content: AsyncIterable<Uint8Array>) {
    this.#content = content;
  }

  async exists(): Promise<boolean> {
    return this.#content !== undefined;
  }

  fetch({ digest }: Descriptor, range?: ByteRange): AsyncIterable<Uint8Array> {
    const content = this.#content;
    if (content === undefined || (range !== undefined && range.offset > 0)) {
      throw new RegistryError('INGOT_REGISTRY_CUT', `the push of ${digest} broke off, and what was pushed is gone`, {
        digest,
        help: 'Push it again.',
      });
    }
    this.#content = undefined;
    return content;
  }
}

async function existsAt(client: RegistryClient, descriptor: Descriptor): Promise<boolean> {
  if (!isManifestLike(descriptor.mediaType)) return hasBlob(client, descriptor);
  return (await headManifest(client, descriptor.digest))?.digest === descriptor.digest;
}

function checkTag(tag: string): void {
  if (tagSyntax.test(tag)) return;
  throw new RegistryError('INGOT_REFERENCE_SYNTAX', `${JSON.stringify(tag.slice(0, 200))} is no tag`, {
    help: 'A tag has letters, digits, "_", "." and "-", at most 128 of them, and begins with neither "." nor "-".',
  });
}

const unreachable = new Set(['INGOT_REGISTRY_HOST', 'INGOT_REGISTRY_UNREACHABLE', 'INGOT_REGISTRY_TIMEOUT']);

function isUnreachable(error: unknown): boolean {
  return error instanceof RegistryError && unreachable.has(error.code);
}

function isOf(error: unknown, code: string): boolean {
  return error instanceof RegistryError && error.code === code;
}

function missingBlob({ digest }: Descriptor, places: readonly RegistryClient[], cause: unknown): ContentError {
  const names = places.map(({ name }) => name).join(', ');
  return new ContentError('INGOT_BLOB_MISSING', `blob ${digest} is not in ${names}`, {
    digest,
    cause,
    help: 'It was deleted there, or never pushed: push the image again.',
  });
}
