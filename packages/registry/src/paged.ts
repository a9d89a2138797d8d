import { RegistryError } from './error.ts';
import { readLimited } from './manifest/fetch.ts';
import { headersNamed } from './transport/answer.ts';
import { placeOf } from './transport/place.ts';
import { retry } from './transport/retry.ts';
import type { Call, RegistryClient } from './client.ts';
import type { Answer } from './transport/answer.ts';

/** No list is longer, and each page has a limit (bytes): a registry that never ends is broken. */
const mostPages = 1000;
const pageLimit = 8 * 1024 * 1024;

export interface Page {
  readonly answer: Answer;
  /** Undefined where the body is no JSON. */
  readonly value: unknown;
}

/** A list that comes in pages: follows `Link: <…>; rel="next"`. Throws INGOT_REGISTRY_ANSWER for what never ends. */
export async function* pages(client: RegistryClient, call: Omit<Call, 'retry'>): AsyncGenerator<Page, void, undefined> {
  const seen = new Set<string>();
  let path: string | URL | undefined = call.path;
  while (path !== undefined) {
    const page: Page = await fetchPage(client, { ...call, path });
    yield page;
    path = nextOf(page.answer, client.endpoint.origin);
    if (path === undefined) return;
    if (seen.has(path.href) || seen.size >= mostPages) throw endless(page.answer);
    if (path.origin !== client.endpoint.origin.origin) throw stray(page.answer, path);
    seen.add(path.href);
  }
}

function fetchPage(client: RegistryClient, call: Call): Promise<Page> {
  return retry(async () => {
    const answer = await client.send({ ...call, retry: false });
    const bytes = await readLimited(answer, pageLimit);
    try {
      return { answer, value: JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown };
    } catch {
      return { answer, value: undefined };
    }
  }, client.retrying);
}

/** RFC 8288; what other relations there are is of no interest. */
function nextOf(answer: Answer, origin: URL): URL | undefined {
  for (const text of headersNamed(answer, 'link')) {
    const target = /<([^<>]{1,4096})>\s*;[^,]*?\brel="?next"?/i.exec(text.slice(0, 8192))?.[1];
    if (target === undefined) continue;
    try {
      const next = new URL(target, answer.url);
      // Behind a proxy that ends TLS, registries name themselves with plain HTTP.
      return next.hostname === origin.hostname ? new URL(next.pathname + next.search, origin) : next;
    } catch {
      continue;
    }
  }
  return undefined;
}

function endless({ url }: Answer): RegistryError {
  return new RegistryError('INGOT_REGISTRY_ANSWER', `the list ${placeOf(url)} goes in a circle, or never ends`, {
    help: 'The registry sets its header Link wrongly.',
  });
}

function stray({ url }: Answer, next: URL): RegistryError {
  return new RegistryError(
    'INGOT_REGISTRY_ANSWER',
    `the list ${placeOf(url)} goes on at another host: ${placeOf(next)}`,
    {
      help: 'The registry, or the proxy before it, sets the header Link wrongly.',
    },
  );
}
