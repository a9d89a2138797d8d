import { RegistryError } from '../error.ts';
import { header } from '../transport/answer.ts';
import { placeOf } from '../transport/place.ts';
import type { Answer } from '../transport/answer.ts';

/**
 * Where an upload goes on: the Location of an answer. Registries behind a proxy that ends TLS often name themselves
 * with plain HTTP; that is mended. Throws INGOT_REGISTRY_ANSWER, INGOT_REGISTRY_REDIRECT.
 */
export function locationOf(answer: Answer, origin: URL): URL {
  const text = header(answer, 'location');
  let url: URL | undefined;
  try {
    url = text === undefined ? undefined : new URL(text, answer.url);
  } catch {
    url = undefined;
  }
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new RegistryError('INGOT_REGISTRY_ANSWER', `${placeOf(answer.url)} does not say where the upload goes on`, {
      help: `Is ${answer.url.host} a registry, and the proxy before it set up to pass the header Location on?`,
    });
  }
  url.username = '';
  url.password = '';
  if (url.protocol === 'http:' && origin.protocol === 'https:') {
    if (url.hostname !== origin.hostname) {
      throw new RegistryError(
        'INGOT_REGISTRY_REDIRECT',
        `${origin.host} sends the upload to plain HTTP: ${placeOf(url)}`,
        {
          help: 'That would undo the protection of TLS. The registry must be told its public address.',
        },
      );
    }
    return new URL(url.pathname + url.search, origin);
  }
  return url;
}

/** A URL with one more parameter; those that are there are kept as they are written. */
export function withParameter(url: URL, name: string, value: string): URL {
  const result = new URL(url);
  const before = result.search === '' || result.search === '?' ? '' : `${result.search}&`;
  result.search = `${before}${name}=${encodeURIComponent(value)}`;
  return result;
}
