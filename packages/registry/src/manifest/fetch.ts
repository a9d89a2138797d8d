import { digestOf, isDigest } from '@ingot/content';
import { RegistryError } from '../error.ts';
import { discard, header, lengthOf, typeOf } from '../transport/answer.ts';
import { networkError } from '../transport/network-error.ts';
import { placeOf } from '../transport/place.ts';
import { acceptManifests, isManifestLike } from './media-types.ts';
import type { Descriptor } from '@ingot/content';
import type { Call, RegistryClient } from '../client.ts';
import type { Answer } from '../transport/answer.ts';
import { retry } from '../transport/retry.ts';

/** A manifest as it lies in the registry. */
export interface FetchedManifest {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

/** As the distribution specification lets registries refuse: 4 MiB. */
export const manifestLimit = 4 * 1024 * 1024;

/**
 * What a tag or digest names, without fetching it where the registry says enough about it; undefined where it is not
 * there. Throws INGOT_REGISTRY_DIGEST, INGOT_REGISTRY_ANSWER, INGOT_REGISTRY_MANIFEST.
 */
export async function headManifest(client: RegistryClient, reference: string): Promise<Descriptor | undefined> {
  const answer = await client.ask({ ...manifestCall(client, reference), method: 'HEAD', expect: [200, 400, 404, 405] });
  if (answer.status === 404) return undefined;
  const said = header(answer, 'docker-content-digest');
  const digest = said ?? (isDigest(reference) ? reference : undefined);
  const size = lengthOf(answer);
  const mediaType = typeOf(answer);
  // An answer to HEAD says nothing of what is wrong with the request.
  if (
    answer.status === 400 ||
    answer.status === 405 ||
    !isDigest(digest) ||
    size === undefined ||
    !isManifestLike(mediaType)
  ) {
    return (await getManifest(client, reference))?.descriptor;
  }
  checkDigest(reference, digest, answer);
  return { mediaType, digest, size };
}

/**
 * A manifest by tag or digest, its bytes' digest compared with the one asked for and with Docker-Content-Digest;
 * undefined where it is not there. Throws INGOT_REGISTRY_LIMIT (4 MiB), INGOT_REGISTRY_DIGEST, INGOT_REGISTRY_ANSWER,
 * INGOT_REGISTRY_MANIFEST.
 */
export async function getManifest(client: RegistryClient, reference: string): Promise<FetchedManifest | undefined> {
  return retry(async () => {
    const call = { ...manifestCall(client, reference), method: 'GET', expect: [200, 404], retry: false } as const;
    const answer = await client.send(call);
    if (answer.status === 404) {
      await discard(answer);
      return undefined;
    }
    const bytes = await readLimited(answer, manifestLimit);
    const digest = digestOf(bytes);
    const mediaType = mediaTypeOf(answer, bytes);
    checkDigest(reference, digest, answer);
    const said = header(answer, 'docker-content-digest');
    if (isDigest(said)) checkDigest(said, digest, answer);
    return { descriptor: { mediaType, digest, size: bytes.length }, bytes };
  }, client.retrying);
}

/** The whole body. Throws INGOT_REGISTRY_LIMIT where it is longer than `limit` bytes, and for a cut. */
export async function readLimited(answer: Answer, limit: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const tooLong = () =>
    new RegistryError('INGOT_REGISTRY_LIMIT', `${placeOf(answer.url)} has more than ${limit} bytes`, {
      help: 'Manifests and lists are small; this one is broken, or made to do harm.',
    });
  if ((lengthOf(answer) ?? 0) > limit) {
    await discard(answer);
    throw tooLong();
  }
  try {
    for await (const part of answer.body as AsyncIterable<Uint8Array>) {
      parts.push(part);
      size += part.length;
      if (size > limit) throw tooLong();
    }
  } catch (error) {
    throw networkError(error, answer.url);
  }
  return Buffer.concat(parts);
}

function manifestCall(client: RegistryClient, reference: string): Pick<Call, 'path' | 'what' | 'headers'> {
  return {
    path: `manifests/${reference}`,
    what: `fetch the manifest ${client.named(reference)}`,
    headers: { accept: acceptManifests },
  };
}

function checkDigest(reference: string, digest: string, answer: Answer): void {
  if (!isDigest(reference) || reference === digest) return;
  throw new RegistryError(
    'INGOT_REGISTRY_DIGEST',
    `${placeOf(answer.url)} gave ${digest} where ${reference} was meant`,
    {
      digest: reference,
      help: 'The registry, or a cache before it, gives wrong bytes: nothing of it was used.',
    },
  );
}

/** What the answer says; where it says nothing of use, what the manifest says of itself. */
function mediaTypeOf(answer: Answer, bytes: Uint8Array): string {
  const said = typeOf(answer);
  if (isManifestLike(said)) return said;
  const value = objectOf(bytes);
  const own = value?.['mediaType'];
  if (typeof own === 'string' && isManifestLike(own)) return own;
  if (value === undefined || said === 'text/html') {
    throw new RegistryError(
      'INGOT_REGISTRY_ANSWER',
      `${placeOf(answer.url)} answered with ${said || 'something'}, no manifest`,
      {
        help: `Is ${answer.url.host} a registry? A proxy, a portal or a web server may have answered instead.`,
      },
    );
  }
  const kind = value['schemaVersion'] === 1 ? "a manifest of Docker's schema 1" : `a manifest of the type ${said}`;
  throw new RegistryError('INGOT_REGISTRY_MANIFEST', `${placeOf(answer.url)} is ${kind}, which nobody reads any more`, {
    help: 'Push the image again with a current tool.',
  });
}

function objectOf(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
