import { Worker } from 'node:worker_threads';
import type { BaseImage } from './mutation-bases.ts';
import type { MutationOrder, MutationOutcome } from './mutation-worker.ts';

/** One image takes well under a millisecond; a reader that is still at it after this will never be done. */
const HANGS_AFTER = 60_000;

/** Judges `count` mutants, those numbered `first` and up, on `workers` threads. A mutant that hangs is a fault too. */
export async function judgeMutants(
  bases: readonly BaseImage[],
  first: number,
  count: number,
  workers: number,
): Promise<MutationOutcome> {
  const share = Math.ceil(count / workers);
  const orders = Array.from({ length: workers }, (_, index) => ({ first: first + index * share, count: share }));
  const outcomes = await Promise.all(orders.map((order) => inWorker(bases, order.first, order.count)));
  return outcomes.reduce(sum);
}

function inWorker(bases: readonly BaseImage[], first: number, count: number): Promise<MutationOutcome> {
  const progress = new Int32Array(new SharedArrayBuffer(4));
  const workerData: MutationOrder = { bases, first, count, progress };
  const worker = new Worker(new URL('./mutation-worker.ts', import.meta.url), { workerData });
  return new Promise((resolve, reject) => {
    let last = -1;
    const watch = setInterval(() => {
      if (progress[0] === last) finish(() => reject(new Error(`image ${last} hangs the reader`)));
      last = progress[0] ?? -1;
    }, HANGS_AFTER);
    const finish = (settle: () => void) => {
      clearInterval(watch);
      void worker.terminate();
      settle();
    };
    worker.once('message', (outcome: MutationOutcome) => finish(() => resolve(outcome)));
    worker.once('error', (error: Error) => finish(() => reject(error)));
  });
}

function sum(a: MutationOutcome, b: MutationOutcome): MutationOutcome {
  const codes = { ...a.codes };
  for (const [code, count] of Object.entries(b.codes)) codes[code] = (codes[code] ?? 0) + count;
  return {
    images: a.images + b.images,
    unharmed: a.unharmed + b.unharmed,
    entries: a.entries + b.entries,
    codes,
    faults: [...a.faults, ...b.faults],
  };
}
