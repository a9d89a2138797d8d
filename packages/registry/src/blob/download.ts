import { ContentError } from '@ingot/content';
import { RegistryError } from '../error.ts';
import { discard, header, lengthOf, typeOf } from '../transport/answer.ts';
import { networkError } from '../transport/network-error.ts';
import { placeOf } from '../transport/place.ts';
import { pauseAfter } from '../transport/retry.ts';
import { TransientError } from '../transport/transient.ts';
import type { Descriptor } from '@ingot/content';
import type { RegistryClient } from '../client.ts';
import type { Answer } from '../transport/answer.ts';

/** Where in a blob we are, and where the part that is wanted ends. In bytes. */
export interface Position {
  at: number;
  readonly end: number;
}

/** Where a blob or manifest lies: below `/v2/<repository>/`. */
export interface Place {
  readonly path: string;
  readonly accept?: string;
}

/** Pieces are gathered to this size, in bytes: sockets give small ones, and each costs its way to the disk. */
const piece = 1024 * 1024;

/**
 * The bytes of a blob from `position` to its end, which moves along: after a cut it goes on from there, with Range
 * where the server knows it, and else past what we have. Never more bytes than were asked for.
 * OCI distribution-spec § Pulling blobs. Throws INGOT_BLOB_WRONG for another size, INGOT_REGISTRY_*.
 */
export async function* download(
  client: RegistryClient,
  descriptor: Descriptor,
  position: Position,
  place: Place,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let failures = 0; ;) {
    const before = position.at;
    const answer = await open(client, descriptor, position, place);
    try {
      yield* read(answer, descriptor, position);
      return;
    } catch (error) {
      client.retrying.signal?.throwIfAborted();
      failures = position.at > before ? 0 : failures + 1;
      if (!(error instanceof TransientError) || failures >= client.retrying.attempts) throw error;
      await pauseAfter(error, Math.max(failures, 1), client.retrying);
    }
  }
}

/** An answer whose body begins at the position, or at the beginning (200). */
async function open(
  client: RegistryClient,
  descriptor: Descriptor,
  { at, end }: Position,
  { path, accept }: Place,
): Promise<Answer> {
  const { digest, size } = descriptor;
  const isPart = at > 0 || end < size;
  const range = end === size ? `bytes=${at}-` : `bytes=${at}-${end - 1}`;
  const answer = await client.send({
    method: 'GET',
    path,
    what: `fetch ${digest} from ${client.name}`,
    expect: isPart ? [200, 206] : [200],
    headers: { ...(isPart ? { range } : {}), ...(accept === undefined ? {} : { accept }) },
  });
  try {
    if (answer.status === 206) checkRange(answer, descriptor, at, end);
    else checkLength(answer, descriptor);
  } catch (error) {
    await discard(answer);
    throw error;
  }
  return answer;
}

function checkRange(answer: Answer, { digest, size }: Descriptor, at: number, end: number): void {
  const text = header(answer, 'content-range') ?? '';
  const [, first, last, total] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(text) ?? [];
  if (Number(first) === at && Number(last) + 1 <= end && (total === '*' || Number(total) === size)) return;
  const got = JSON.stringify(text.slice(0, 80));
  throw new RegistryError('INGOT_REGISTRY_RANGE', `${placeOf(answer.url)} gave ${got} for bytes ${at} to ${end - 1}`, {
    digest,
    help: 'The registry, or a cache before it, does not handle parts of blobs rightly, or has another blob there.',
  });
}

function checkLength(answer: Answer, descriptor: Descriptor): void {
  const length = lengthOf(answer);
  if (length === undefined || length === descriptor.size) return;
  if (typeOf(answer) === 'text/html') {
    const message = `${placeOf(answer.url)} gave a page of HTML for blob ${descriptor.digest}`;
    throw new RegistryError('INGOT_REGISTRY_ANSWER', message, {
      help: `Is ${answer.url.host} a registry? A proxy or a portal may have answered instead.`,
    });
  }
  throw wrongSize(descriptor, `has ${length} bytes, not ${descriptor.size}`, answer);
}

/** The body from the position on, in large pieces. Throws a TransientError where it broke off: all before was given. */
async function* read(answer: Answer, descriptor: Descriptor, position: Position) {
  let toSkip = answer.status === 200 ? position.at : 0;
  for await (let part of gathered(answer)) {
    if (toSkip > 0) {
      const skipped = Math.min(toSkip, part.length);
      toSkip -= skipped;
      part = part.subarray(skipped);
    }
    const wanted = position.end - position.at;
    if (part.length > wanted) {
      // The rest of a blob that is sent whole is of no interest; more than the whole is wrong.
      if (position.end === descriptor.size) throw tooLong(descriptor, answer);
      part = part.subarray(0, wanted);
    }
    if (part.length > 0) {
      position.at += part.length;
      yield part;
    }
    if (position.at === position.end && position.end < descriptor.size) return;
  }
  if (position.at < position.end) throw new TransientError('INGOT_REGISTRY_CUT', short(descriptor, position, answer));
}

async function* gathered({ body, url }: Answer): AsyncGenerator<Uint8Array, void, undefined> {
  let parts: Uint8Array[] = [];
  let size = 0;
  let failure: Error | undefined;
  try {
    for await (const part of body as AsyncIterable<Uint8Array>) {
      parts.push(part);
      size += part.length;
      if (size < piece) continue;
      yield parts.length === 1 ? part : Buffer.concat(parts, size);
      parts = [];
      size = 0;
    }
  } catch (error) {
    failure = networkError(error, url);
  }
  if (size > 0) yield Buffer.concat(parts, size);
  if (failure !== undefined) throw failure;
}

function short({ digest, size }: Descriptor, { at }: Position, { url }: Answer): string {
  return `${placeOf(url)} gave ${at} of the ${size} bytes of ${digest}, and then nothing`;
}

function tooLong(descriptor: Descriptor, answer: Answer): ContentError {
  return wrongSize(descriptor, `has more than the ${descriptor.size} bytes it should have`, answer);
}

function wrongSize({ digest }: Descriptor, what: string, { url }: Answer): ContentError {
  return new ContentError('INGOT_BLOB_WRONG', `blob ${digest} at ${placeOf(url)} ${what}`, {
    digest,
    help: 'The registry has it truncated or changed, or the manifest that names it is wrong: push it again.',
  });
}
