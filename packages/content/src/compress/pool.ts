import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { ContentError } from '../error.ts';
import type { Encoded, Segment } from './codec.ts';
import type { Answer } from './worker.ts';

/** The worker lies beside this file, as TypeScript in the repository and as JavaScript once compiled. */
const workerFile = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);

interface Job {
  readonly segment: Segment;
  readonly resolve: (encoded: Encoded) => void;
  readonly reject: (error: Error) => void;
}

/** How threads are started and how long an idle one is kept, in milliseconds. */
interface PoolOptions {
  readonly file?: URL;
  readonly idleTime?: number;
}

/**
 * Worker threads that compress segments. They start when there is work, hold the process only while they work, are
 * used again for the next layer, and end after `idleTime` without work.
 */
export class Pool {
  readonly #file: URL;
  readonly #idleTime: number;
  readonly #threads = new Set<Thread>();
  readonly #waiting: Job[] = [];

  constructor({ file = workerFile, idleTime = 1000 }: PoolOptions = {}) {
    this.#file = file;
    this.#idleTime = idleTime;
  }

  /** How many threads there are just now. */
  get size(): number {
    return this.#threads.size;
  }

  /** Is a thread there that has nothing to do? */
  get ready(): boolean {
    return this.#idle() !== undefined;
  }

  /**
   * Compresses `segment`, whose buffer goes away to the thread, in one of at most `most` threads.
   * Throws ContentError INGOT_COMPRESS_WORKER where the thread failed.
   */
  run(segment: Segment, most: number): Promise<Encoded> {
    return new Promise((resolve, reject) => {
      const job = { segment, resolve, reject };
      const thread = this.#idle() ?? (this.#threads.size < most ? this.#start() : undefined);
      if (thread === undefined) this.#waiting.push(job);
      else thread.take(job);
    });
  }

  #idle(): Thread | undefined {
    for (const thread of this.#threads) if (!thread.busy) return thread;
    return undefined;
  }

  #start(): Thread {
    const thread: Thread = new Thread(this.#file, this.#idleTime, {
      next: () => this.#waiting.shift(),
      ended: () => this.#ended(thread),
    });
    this.#threads.add(thread);
    return thread;
  }

  /** A thread that died leaves its place to a new one if anybody waits. */
  #ended(thread: Thread): void {
    if (!this.#threads.delete(thread)) return;
    const job = this.#waiting.shift();
    if (job !== undefined) this.#start().take(job);
  }
}

interface Hooks {
  readonly next: () => Job | undefined;
  readonly ended: () => void;
}

class Thread {
  readonly #worker: Worker;
  readonly #idleTime: number;
  readonly #hooks: Hooks;
  #job: Job | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(file: URL, idleTime: number, hooks: Hooks) {
    this.#idleTime = idleTime;
    this.#hooks = hooks;
    // No options of the parent (a test runner's loaders): the worker needs none, and they cost its start.
    this.#worker = new Worker(file, { execArgv: [], name: 'ingot-compress' });
    this.#worker.on('message', (answer: Answer) => this.#answered(answer));
    this.#worker.on('error', (error) => this.#died(error));
    this.#worker.on('exit', (code) => this.#died(new Error(`it exited with code ${code}`)));
    this.#worker.unref();
  }

  get busy(): boolean {
    return this.#job !== undefined;
  }

  take(job: Job): void {
    clearTimeout(this.#timer);
    this.#job = job;
    // Whoever waits for bytes must not lose the process under him.
    this.#worker.ref();
    this.#worker.postMessage(job.segment, [job.segment.bytes.buffer]);
  }

  #answered(answer: Answer): void {
    const job = this.#job;
    this.#job = undefined;
    const next = this.#hooks.next();
    if (next === undefined) this.#rest();
    else this.take(next);
    if ('output' in answer) job?.resolve(answer);
    else job?.reject(failed(answer.error));
  }

  #rest(): void {
    this.#worker.unref();
    this.#timer = setTimeout(() => {
      // First out of the pool, since a job for a thread that is ending would be lost.
      this.#hooks.ended();
      void this.#worker.terminate();
    }, this.#idleTime).unref();
  }

  #died(error: unknown): void {
    clearTimeout(this.#timer);
    const job = this.#job;
    this.#job = undefined;
    this.#hooks.ended();
    job?.reject(failed(error instanceof Error ? error.message : String(error), error));
  }
}

function failed(reason: string, cause?: unknown): ContentError {
  return new ContentError('INGOT_COMPRESS_WORKER', `a thread that compresses failed: ${reason}`, {
    help: 'Free some memory, or compress with workers: 0.',
    cause,
  });
}

let shared: Pool | undefined;

/** The one pool of this process, which all layers share. */
export function sharedPool(): Pool {
  shared ??= new Pool();
  return shared;
}

/** False in a bundle of one file: there are no threads then, and the bytes are the same. */
export function hasWorkerFile(): boolean {
  return existsSync(workerFile);
}
