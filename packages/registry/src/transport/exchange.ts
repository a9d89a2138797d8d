import { request } from 'undici';
import { RegistryError } from '../error.ts';
import { discard, header } from './answer.ts';
import { networkError } from './network-error.ts';
import { placeOf } from './place.ts';
import type { Answer } from './answer.ts';
import type { Connections } from './connections.ts';

/** Bytes that can be sent again. */
export type Body = Uint8Array | { readonly length: number; read(): AsyncIterable<Uint8Array> };

export interface Exchange {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Goes to this host alone. */
  readonly authorization?: string | undefined;
  readonly body?: Body;
  /** Instead of the usual time limit for the answer's headers, in milliseconds. */
  readonly patience?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** As the distribution specification allows and Go's client does: enough for any storage, and an end to loops. */
const mostRedirects = 5;

const redirects = new Set([301, 302, 303, 307, 308]);

/**
 * One request and its answer, whatever its status, with redirects followed by hand: another host gets no Authorization.
 * Throws INGOT_REGISTRY_REDIRECT and what `networkError` makes.
 */
export async function exchange(connections: Connections, asked: Exchange): Promise<Answer> {
  let url = asked.url;
  for (let hop = 0; hop <= mostRedirects; hop += 1) {
    const authorization = url.origin === asked.url.origin ? asked.authorization : undefined;
    const answer = await once(connections, { ...asked, url, authorization });
    const next = redirects.has(answer.status) ? header(answer, 'location') : undefined;
    if (next === undefined || !mayFollow(answer.status, asked.method)) return answer;
    await discard(answer);
    url = follow(next, url, asked.url);
  }
  throw new RegistryError(
    'INGOT_REGISTRY_REDIRECT',
    `${placeOf(asked.url)} redirects more than ${mostRedirects} times`,
    {
      help: 'The registry, or the proxy before it, is set up wrongly: its redirects go in a circle.',
    },
  );
}

/** 301, 302 and 303 turn other methods into GET, which nobody means here. RFC 9110 § 15.4. */
function mayFollow(status: number, method: Exchange['method']): boolean {
  return status === 307 || status === 308 || method === 'GET' || method === 'HEAD';
}

function follow(location: string, from: URL, first: URL): URL {
  let url: URL | undefined;
  try {
    url = new URL(location, from);
  } catch {
    url = undefined;
  }
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new RegistryError('INGOT_REGISTRY_REDIRECT', `${placeOf(first)} redirects to what is no URL`);
  }
  if (from.protocol === 'https:' && url.protocol === 'http:') {
    throw new RegistryError('INGOT_REGISTRY_REDIRECT', `${placeOf(from)} redirects to plain HTTP: ${placeOf(url)}`, {
      help: 'That would undo the protection of TLS. The registry must be told its public address (X-Forwarded-Proto).',
    });
  }
  // A user in the URL would become a header: it is the server's idea, not ours.
  url.username = '';
  url.password = '';
  return url;
}

async function once(connections: Connections, asked: Exchange): Promise<Answer> {
  const { method, url, body, signal, patience, authorization } = asked;
  const headers: Record<string, string> = { 'user-agent': 'ingot', 'accept-encoding': 'identity', ...asked.headers };
  if (body !== undefined) headers['content-length'] = String(body.length);
  else if (method !== 'GET' && method !== 'HEAD') headers['content-length'] = '0';
  if (authorization !== undefined) headers['authorization'] = authorization;
  try {
    const answer = await request(url, {
      method,
      dispatcher: connections.to(url),
      headers,
      // undici closes a connection after HEAD, in case a server sends a body; registries do not, and we ask HEAD often.
      reset: false,
      // undici takes any iterable of bytes; its types know streams only.
      ...(body === undefined ? {} : { body: (body instanceof Uint8Array ? body : body.read()) as Buffer }),
      ...(signal === undefined ? {} : { signal }),
      ...(patience === undefined ? {} : { headersTimeout: patience }),
    });
    return { status: answer.statusCode, headers: answer.headers, url, body: answer.body };
  } catch (error) {
    signal?.throwIfAborted();
    throw networkError(error, url);
  }
}
