import { describe, expect, it } from 'vitest';
import { ApiError } from './api-error.ts';
import type { Client, Query } from './client.ts';
import { watchCollection } from './watch.ts';

type Step = { list: object } | { watch: object[]; then?: Error } | { fails: Error };

const object = (name: string, version: number) => ({ metadata: { name, resourceVersion: String(version) } });
const page = (version: number, names: string[], more?: string) => ({
  metadata: { resourceVersion: String(version), ...(more === undefined ? {} : { continue: more }) },
  items: names.map((name) => object(name, 1)),
});
const gone = () => new ApiError(410, 'Expired', 'too old', '/x');

/** What the operator is told and what the server is asked, where the server answers by `steps` and then no more. */
async function watched(...steps: Step[]) {
  const stop = new AbortController();
  const [told, asked]: [string[], string[]] = [[], []];
  const next = (query: Query, verb: string): Step => {
    const { resourceVersion, continue: from } = query;
    asked.push([verb, resourceVersion ?? from].filter(Boolean).join(' '));
    const step = steps.shift();
    if (step !== undefined) return step;
    stop.abort();
    return { fails: new Error('aborted') };
  };
  const list = async (_: string, query: Query) => {
    const step = next(query, 'list');
    if ('list' in step) return step.list;
    throw (step as { fails: Error }).fails;
  };
  async function* watch(_: string, query: Query) {
    const step = next(query, 'watch');
    if ('fails' in step) throw step.fails;
    yield* (step as { watch: object[] }).watch;
    if ('then' in step && step.then !== undefined) throw step.then;
  }
  await watchCollection({
    client: { list, watch } as unknown as Client,
    path: '/x',
    onChange: ({ metadata }) => told.push(metadata.name),
    onSynced: () => told.push('synced'),
    backoff: { first: 1, most: 2 },
    signal: stop.signal,
    log: () => undefined,
  });
  return { told, asked: asked.slice(0, -1) };
}

describe('watchCollection', () => {
  it('lists page by page, then watches from there', async () => {
    const { told, asked } = await watched(
      { list: page(5, ['a', 'b'], 'more') },
      { list: page(5, ['c']) },
      { watch: [{ type: 'ADDED', object: object('d', 6) }] },
    );
    expect(told).toEqual(['a', 'b', 'c', 'synced', 'd']);
    expect(asked).toEqual(['list', 'list more', 'watch 5']);
  });

  it('goes on from the last event or bookmark, whether the watch ended or broke', async () => {
    const { told, asked } = await watched(
      { list: page(5, []) },
      { watch: [{ type: 'ADDED', object: object('a', 6) }] },
      { watch: [{ type: 'BOOKMARK', object: object('', 9) }], then: new Error('reset') },
      { fails: new Error('refused') },
      { watch: [{ type: 'DELETED', object: object('a', 10) }] },
      { watch: [] },
    );
    expect(told).toEqual(['synced', 'a', 'a']);
    expect(asked).toEqual(['list', 'watch 5', 'watch 6', 'watch 9', 'watch 9', 'watch 10']);
  });

  it.each([
    ['in the watch', { watch: [{ type: 'ERROR', object: { code: 410, message: 'too old' } }] }],
    ['as an answer', { fails: gone() }],
  ])('lists again after 410 Gone %s, and tells what vanished', async (_, step) => {
    const { told, asked } = await watched(
      { list: page(5, ['a', 'b']) },
      step,
      { fails: new Error('not yet') },
      { list: page(9, ['b', 'c']) },
      { watch: [] },
    );
    expect(told).toEqual(['a', 'b', 'synced', 'a', 'b', 'c', 'synced']);
    expect(asked).toEqual(['list', 'watch 5', 'list', 'list', 'watch 9']);
  });

  it('begins again where the pages of a list have expired', async () => {
    const { told, asked } = await watched(
      { list: page(5, ['a'], 'more') },
      { fails: gone() },
      { list: page(6, ['a']) },
    );
    expect(told).toEqual(['a', 'synced']);
    expect(asked).toEqual(['list', 'list more', 'list']);
  });

  it('takes another error in the watch as a break', async () => {
    const { asked } = await watched(
      { list: page(5, []) },
      { watch: [{ type: 'ERROR', object: { code: 500, message: 'etcd' } }] },
      { watch: [] },
    );
    expect(asked).toEqual(['list', 'watch 5', 'watch 5']);
  });
});
