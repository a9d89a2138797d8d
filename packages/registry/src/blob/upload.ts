import { readBlob, verified } from '@ingot/content';
import { AbortError } from 'p-retry';
import { RegistryError } from '../error.ts';
import { discard, header } from '../transport/answer.ts';
import { retry } from '../transport/retry.ts';
import { TransientError } from '../transport/transient.ts';
import { locationOf, withParameter } from './location.ts';
import { hasBlob } from './presence.ts';
import { Source } from './source.ts';
import type { Descriptor, Fetcher } from '@ingot/content';
import type { Call, RegistryClient } from '../client.ts';
import type { Answer } from '../transport/answer.ts';
import type { Body } from '../transport/exchange.ts';

/** Blobs up to this size, in bytes, go in one request and are checked before. */
export const monolithic = 1024 * 1024;

/** The first chunk of those who cannot take a blob at once, and the smallest that is worth a request. In bytes. */
const largestChunk = 64 * 1024 * 1024;
const smallestChunk = 1024 * 1024;

/** A registry may hash, or move, all that it was given before it answers the last request. Milliseconds. */
const patience = 600_000;

const octets = { 'content-type': 'application/octet-stream' };

/**
 * Sends a blob: small ones in one request, others as a stream that goes on where it was cut, if the registry keeps what
 * it has, and else begins again. The registry computes the digest; size is checked on the way. `begun` is the place of
 * an upload that the registry has opened already.
 * OCI distribution-spec § Pushing blobs. Throws INGOT_BLOB_WRONG and INGOT_BLOB_MISSING for what `from` gives.
 */
export async function upload(
  client: RegistryClient,
  descriptor: Descriptor,
  from: Fetcher,
  onBytes: OnBytes,
  begun?: Answer,
): Promise<void> {
  const way = new Upload(client, descriptor, from, onBytes, begun);
  if (descriptor.size > monolithic || !(await way.atOnce())) await way.streamed();
}

type OnBytes = (bytes: number) => void;

/** Opens an upload. */
export function beginUpload(client: RegistryClient, what: string, retry: boolean): Promise<Answer> {
  return client.ask({ method: 'POST', path: 'blobs/uploads/', what, expect: [202], push: true, retry });
}

class Upload {
  readonly #client: RegistryClient;
  readonly #descriptor: Descriptor;
  readonly #from: Fetcher;
  readonly #source: Source;
  readonly #what: string;
  readonly #chunks = new Chunks();
  /** Where the upload goes on; undefined where there is none. */
  #location: URL | undefined;
  /** So many bytes does the registry have. */
  #offset = 0;
  /** Does the registry take a blob in parts at all? */
  #takesParts = true;
  /** A request broke off: the registry is to be asked what it has. */
  #uncertain = false;
  /** Of the last request. */
  #length = 0;
  #wrongDigests = 0;

  constructor(client: RegistryClient, descriptor: Descriptor, from: Fetcher, onBytes: OnBytes, begun?: Answer) {
    this.#client = client;
    this.#descriptor = descriptor;
    this.#from = from;
    this.#source = new Source(descriptor, from, onBytes);
    this.#what = `push blob ${descriptor.digest} to ${client.name}`;
    if (begun !== undefined) this.#opened(begun);
  }

  /** All in one request. False where that is too much for the registry. */
  async atOnce(): Promise<boolean> {
    const bytes = await readBlob(this.#from, this.#descriptor, { limit: monolithic });
    try {
      await this.#tried(async () => {
        await this.#begin();
        this.#uncertain = false;
        await this.#finish(bytes);
      });
    } catch (error) {
      if (!isOf(error, 'INGOT_REGISTRY_TOO_LARGE')) throw error;
      return false;
    }
    this.#source.report(bytes.length);
    return true;
  }

  /** In one request or many, on from where it was cut. */
  async streamed(): Promise<void> {
    await this.#tried(async () => {
      await this.#begin();
      while (this.#takesParts && this.#offset < this.#descriptor.size) await this.#send();
      await this.#finish(this.#takesParts ? undefined : this.#all());
    });
  }

  #all(): Body {
    const { size } = this.#descriptor;
    return { length: size, read: () => this.#source.read(0, size) };
  }

  /** Tries again what may pass; an attempt that brought the registry more bytes than it ever had is not counted. */
  async #tried(work: () => Promise<void>): Promise<void> {
    let farthest = 0;
    let again = false;
    const attempt = async () => {
      // The answer to the last request may have been lost, and the blob be there.
      if (again && (await hasBlob(this.#client, this.#descriptor, false))) return;
      again = true;
      await work();
    };
    const progressed = () => {
      const better = this.#offset > farthest;
      farthest = Math.max(farthest, this.#offset);
      return better;
    };
    await retry(attempt, this.#client.retrying, progressed);
  }

  /** Opens an upload, or finds out how far the one that broke off has come. */
  async #begin(): Promise<void> {
    if (this.#location !== undefined && this.#uncertain) await this.#ask(this.#location);
    if (this.#location === undefined) this.#opened(await beginUpload(this.#client, this.#what, false));
  }

  #opened(answer: Answer): void {
    this.#location = locationOf(answer, this.#client.endpoint.origin);
    this.#offset = 0;
    this.#uncertain = false;
    this.#chunks.atLeast(header(answer, 'oci-chunk-min-length'));
  }

  /** OCI distribution-spec § Pushing a blob in chunks: the upload's status. Registries may have dropped it. */
  async #ask(location: URL): Promise<void> {
    const before = this.#offset;
    const expect = [200, 202, 204, 400, 404, 405, 410, 416, 501];
    const answer = await this.#call({ method: 'GET', path: location, expect });
    await discard(answer);
    this.#location = undefined;
    if (answer.status >= 400) return;
    const end = endOf(answer) ?? 0;
    if (end > this.#descriptor.size) return;
    this.#goOn(answer, location, end);
    // A proxy that holds a request back until it has all of it lets no part of it arrive: send smaller ones.
    if (end <= before && end < this.#descriptor.size) this.#chunks.shrink(this.#length);
  }

  #goOn(answer: Answer, location: URL, offset: number): void {
    const named = header(answer, 'location') !== undefined;
    this.#location = named ? locationOf(answer, this.#client.endpoint.origin) : location;
    this.#offset = offset;
    this.#uncertain = false;
  }

  async #send(): Promise<void> {
    const rest = this.#descriptor.size - this.#offset;
    const length = Math.min(this.#chunks.size ?? rest, rest);
    const start = this.#offset;
    this.#length = length;
    const path = this.#location!;
    // Registries that know no ranges take a whole stream; those that know them want one for each part.
    const isPart = start > 0 || length < rest;
    const range: Record<string, string> = isPart ? { 'content-range': `${start}-${start + length - 1}` } : {};
    const body = { length, read: () => this.#source.read(start, length) };
    try {
      const headers = { ...octets, ...range };
      const answer = await this.#call({ method: 'PATCH', path, headers, body, expect: [200, 201, 202, 204] });
      await discard(answer);
      // Who counts one too many has all of it: the digest at the end decides.
      const end = Math.min(endOf(answer) ?? start + length, start + length);
      if (end <= start) throw this.#standsStill();
      this.#goOn(answer, path, end);
    } catch (error) {
      this.#brokeOff(error);
    }
  }

  /** Makes of a failure of a PATCH what the next attempt needs to know; throws it, unless smaller chunks may do. */
  #brokeOff(error: unknown): void {
    this.#uncertain = true;
    if (isOf(error, 'INGOT_REGISTRY_TOO_LARGE') && this.#chunks.shrink(this.#length)) return;
    if (isOf(error, 'INGOT_REGISTRY_UNSUPPORTED')) {
      this.#takesParts = false;
      return;
    }
    const { status } = error as { status?: unknown };
    // The upload is gone, or is not where we think: begin again, or ask.
    if (error instanceof RegistryError && (status === 404 || status === 410 || status === 416)) {
      if (status !== 416) this.#location = undefined;
      throw new TransientError(error.code, error.message, { status, ...(error.help ? { help: error.help } : {}) });
    }
    throw error;
  }

  #standsStill(): TransientError {
    return new TransientError('INGOT_REGISTRY_FAILED', `cannot ${this.#what}: the registry keeps nothing of it`, {
      help: 'Its answers contradict each other: see its log.',
    });
  }

  /** Closes the upload, with its last bytes where there are. */
  async #finish(bytes?: Body): Promise<void> {
    const path = withParameter(this.#location!, 'digest', this.#descriptor.digest);
    const body = bytes === undefined ? {} : { body: bytes };
    try {
      const answer = await this.#call({
        method: 'PUT',
        path,
        headers: octets,
        ...body,
        expect: [200, 201, 202, 204],
        patience,
      });
      await discard(answer);
    } catch (error) {
      this.#uncertain = true;
      if (bytes !== undefined || isOf(error, 'INGOT_REGISTRY_MISSING')) this.#location = undefined;
      if (!(error instanceof RegistryError) || !wrongBytes.has(error.reason ?? '')) throw error;
      this.#location = undefined;
      throw await this.#wrongDigest(error);
    }
  }

  /** The registry got other bytes than the digest names: is it the source that is wrong, or the way? */
  async #wrongDigest(error: RegistryError): Promise<Error> {
    for await (const part of verified(this.#descriptor, this.#from.fetch(this.#descriptor))) void part;
    this.#wrongDigests += 1;
    const Kind = this.#wrongDigests === 1 ? TransientError : RegistryError;
    return new Kind('INGOT_REGISTRY_DIGEST', `${error.message}; the bytes here are right`, {
      digest: this.#descriptor.digest,
      help: 'Something on the way, or the registry itself, changes the bytes.',
      cause: error,
    });
  }

  async #call(call: Omit<Call, 'what' | 'push' | 'retry'>): Promise<Answer> {
    try {
      return await this.#client.send({ ...call, what: this.#what, push: true, retry: false });
    } catch (error) {
      // What the source failed of is no failure of the registry, and no other attempt mends it.
      if (this.#source.failure !== undefined) throw new AbortError(this.#source.failure);
      throw error;
    }
  }
}

/** How much goes in one request. */
class Chunks {
  /** In bytes; undefined for all that is left. */
  size: number | undefined;
  #least = 1;

  /** The header OCI-Chunk-Min-Length, in bytes. */
  atLeast(text: string | undefined): void {
    if (text !== undefined && /^\d{1,15}$/.test(text)) this.#least = Number(text);
    if (this.size !== undefined) this.size = Math.max(this.size, this.#least);
  }

  /** Smaller than what was too much, in bytes. False where it gets no smaller. */
  shrink(tooMuch: number): boolean {
    const next = Math.max(this.#least, smallestChunk, Math.min(largestChunk, Math.ceil(tooMuch / 4)));
    if (next >= tooMuch) return false;
    this.size = next;
    return true;
  }
}

/** The registry hashed what it got, or counted it, and came to something else. */
const wrongBytes = new Set(['DIGEST_INVALID', 'SIZE_INVALID']);

/** So many bytes does the registry have: `Range: 0-<last>`, where `0-0` is what all say who have none. */
function endOf(answer: Answer): number | undefined {
  const last = /^(?:bytes=)?0-(\d{1,15})$/.exec(header(answer, 'range') ?? '')?.[1];
  if (last === undefined) return undefined;
  return last === '0' ? 0 : Number(last) + 1;
}

function isOf(error: unknown, code: string): boolean {
  return error instanceof RegistryError && error.code === code;
}
