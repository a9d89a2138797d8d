import { setTimeout as sleep } from 'node:timers/promises';
import { pauseAfter, type BackoffLimits } from '../backoff.ts';
import { errorFields } from '../error.ts';
import type { Log } from '../log.ts';
import { apiError, hasStatus } from './api-error.ts';
import type { Client, Query } from './client.ts';
import type { KubernetesObject, ObjectList, WatchEvent } from './object.ts';

export interface WatchOptions {
  readonly client: Client;
  /** Of the collection. */
  readonly path: string;
  /** A labelSelector, say. */
  readonly query?: Query;
  /** An object came, changed or went. It may be told more than once. */
  readonly onChange: (object: KubernetesObject) => void;
  /** All that there is has been told once. */
  readonly onSynced?: () => void;
  readonly backoff: BackoffLimits;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** Seconds after which the API server ends a watch: a connection that died silently is noticed soon after. */
const longestWatch = 240;
const pageSize = '500';

/**
 * Tells of every object of a collection, and from then on of each change, until `signal`; never throws. A watch that
 * ends goes on where it was (bookmarks move that point forward while nothing happens). Where the server does not know that
 * point any more (410 Gone) everything is listed again, and what vanished meanwhile is told as well.
 */
export async function watchCollection(options: WatchOptions): Promise<void> {
  const { path, onSynced, backoff, signal, log } = options;
  let known = new Map<string, KubernetesObject>();
  let version: string | undefined;
  let failures = 0;

  const relist = async () => {
    const { items, resourceVersion } = await listAll(options);
    const before = known;
    known = new Map(items.map((object) => [object.metadata.name, object]));
    for (const [name, object] of before) if (!known.has(name)) options.onChange(object);
    for (const object of items) options.onChange(object);
    onSynced?.();
    return resourceVersion;
  };

  const follow = async (from: string) => {
    for await (const { type, object } of events(options, from)) {
      failures = 0;
      version = object.metadata.resourceVersion ?? version;
      if (type === 'BOOKMARK') continue;
      if (type === 'DELETED') known.delete(object.metadata.name);
      else known.set(object.metadata.name, object);
      options.onChange(object);
    }
  };

  while (!signal.aborted) {
    try {
      // Until the watch says something: a server that ends every watch at once gets pauses like one that fails.
      failures++;
      version ??= await relist();
      await follow(version);
    } catch (error) {
      if (signal.aborted) break;
      if (hasStatus(error, 410)) version = undefined;
      log('warning', 'a watch broke off', { path, again: version ?? 'from a new list', ...errorFields(error) });
      failures = Math.max(failures, 1);
    }
    if (failures > 0) await sleep(pauseAfter(failures, backoff), undefined, { signal }).catch(() => undefined);
  }
}

async function listAll({ client, path, query }: WatchOptions): Promise<{
  items: KubernetesObject[];
  resourceVersion: string;
}> {
  const items: KubernetesObject[] = [];
  let next: string | undefined;
  for (;;) {
    const page: ObjectList<KubernetesObject> = await client.list(path, {
      ...query,
      limit: pageSize,
      ...(next === undefined ? {} : { continue: next }),
    });
    items.push(...page.items);
    next = page.metadata.continue;
    if (next === undefined || next === '') return { items, resourceVersion: page.metadata.resourceVersion };
  }
}

async function* events({ client, path, query, signal }: WatchOptions, resourceVersion: string) {
  const asked = { ...query, resourceVersion, allowWatchBookmarks: 'true', timeoutSeconds: String(longestWatch) };
  for await (const event of client.watch(path, asked, (longestWatch + 30) * 1000, signal)) {
    const { type, object } = event as WatchEvent<KubernetesObject>;
    // An ERROR carries a Status, mostly that of 410 Gone.
    if (type === 'ERROR') throw apiError(500, object, path);
    yield { type, object };
  }
}
