import { setTimeout } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Pool } from './pool.ts';
import type { Segment } from './codec.ts';

function segment(text: string): Segment {
  return { algorithm: 'gzip', level: 1, bytes: new Uint8Array(new TextEncoder().encode(text)) };
}

function worker(program: string): URL {
  return new URL(`data:text/javascript,${encodeURIComponent(program)}`);
}

describe('the pool', () => {
  it('uses its threads again, and never more than asked for', async () => {
    const pool = new Pool();
    const texts = Array.from({ length: 9 }, (_, index) => `segment ${index}`);
    const results = await Promise.all(texts.map((text) => pool.run(segment(text), 2)));
    expect(pool.size).toBe(2);
    expect(results.map(({ output }) => gunzipSync(output).toString())).toEqual(texts);
  });

  it('gives the buffer of a segment back', async () => {
    const { buffer } = await new Pool().run(segment('twelve bytes'), 1);
    expect(buffer.byteLength).toBe(12);
  });

  it('lets threads go that have nothing to do, and starts new ones', async () => {
    const pool = new Pool({ idleTime: 1 });
    await pool.run(segment('one'), 1);
    while (pool.size > 0) await setTimeout(1);
    const { output } = await pool.run(segment('two'), 1);
    expect(gunzipSync(output).toString()).toBe('two');
  });

  it.each([
    ['exits', 'process.exit(3)', /exited with code 3/],
    ['throws', 'throw new Error("no memory")', /no memory/],
    [
      'dies at work',
      `import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => { throw new Error('at work') })`,
      /at work/,
    ],
    [
      'answers with an error',
      `import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => parentPort.postMessage({ error: 'bad' }))`,
      /bad/,
    ],
  ])('says so when a thread %s, to everybody who waits', async (_, program, reason) => {
    const pool = new Pool({ file: worker(program) });
    const results = await Promise.allSettled([1, 2, 3].map(() => pool.run(segment('x'), 2)));
    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'INGOT_COMPRESS_WORKER' } });
      expect(String((result as PromiseRejectedResult).reason)).toMatch(reason);
    }
  });
});
