import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { Worker } from 'node:worker_threads';

/** A range of the shared memory; `last` ends the content that is being hashed. */
export interface HashPart {
  readonly offset: number;
  readonly length: number;
  readonly last: boolean;
}

/** Hashes contents, one after the other, that pass through shared memory part by part. */
export interface HashLane {
  /** Takes the parts in order; resolves when their memory may be used again. */
  push(parts: readonly HashPart[]): Promise<void>;
  /** Lets go of it. */
  close(): Promise<void>;
}

/** `onDigest` gets the SHA-256 of each content, in hex, in the order in which they end. */
export type OnDigest = (hex: string) => void;

/** Hashes contents in this thread. */
export class ContentHasher {
  readonly #onDigest: OnDigest;
  #current: Hash | undefined;

  constructor(onDigest: OnDigest) {
    this.#onDigest = onDigest;
  }

  /** Takes the parts of `memory`, in order. */
  update(memory: Uint8Array, parts: readonly HashPart[]): void {
    for (const { offset, length, last } of parts) {
      this.#current ??= createHash('sha256');
      this.#current.update(memory.subarray(offset, offset + length));
      if (!last) continue;
      this.#onDigest(this.#current.digest('hex'));
      this.#current = undefined;
    }
  }
}

/** A lane in this thread. */
export function inlineLane(memory: Uint8Array, onDigest: OnDigest): HashLane {
  const hasher = new ContentHasher(onDigest);
  return {
    async push(parts) {
      hasher.update(memory, parts);
    },
    async close() {},
  };
}

/** A lane in a thread of its own. */
export function workerLane(memory: Uint8Array<SharedArrayBuffer>, onDigest: OnDigest): HashLane {
  // The source goes along as text, so that it needs no file of its own wherever this package is bundled.
  const worker = new Worker(`(${hashInWorker.toString()})()`, { eval: true, workerData: memory.buffer, execArgv: [] });
  const waiting: { resolve: () => void; reject: (reason: Error) => void }[] = [];
  let failure: Error | undefined;
  worker.on('message', (digests: string[]) => {
    for (const hex of digests) onDigest(hex);
    waiting.shift()?.resolve();
  });
  worker.on('error', (error: Error) => {
    failure = error;
    for (const each of waiting.splice(0)) each.reject(error);
  });
  return {
    push(parts) {
      if (failure !== undefined) return Promise.reject(failure);
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        worker.postMessage(parts);
      });
    },
    async close() {
      await worker.terminate();
    },
  };
}

/** Runs in the worker: it may name nothing from outside itself. */
function hashInWorker(): void {
  const threads = process.getBuiltinModule('node:worker_threads');
  const { parentPort } = threads;
  const crypto = process.getBuiltinModule('node:crypto');
  const memory = new Uint8Array(threads.workerData as SharedArrayBuffer);
  let current: Hash | undefined;
  parentPort?.on('message', (parts: readonly HashPart[]) => {
    const digests: string[] = [];
    for (const { offset, length, last } of parts) {
      current ??= crypto.createHash('sha256');
      current.update(memory.subarray(offset, offset + length));
      if (!last) continue;
      digests.push(current.digest('hex'));
      current = undefined;
    }
    parentPort?.postMessage(digests);
  });
}
