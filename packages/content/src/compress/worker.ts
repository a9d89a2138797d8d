import { parentPort } from 'node:worker_threads';
import { encode } from './codec.ts';
import type { Segment } from './codec.ts';

/** What a worker answers to a segment. */
export type Answer = { readonly bytes: Uint8Array<ArrayBuffer> } | { readonly error: string };

const port = parentPort;
port?.on('message', (segment: Segment) => {
  void encode(segment).then(
    (bytes) => port.postMessage({ bytes } satisfies Answer, [bytes.buffer]),
    (error: unknown) => port.postMessage({ error: String(error) } satisfies Answer),
  );
});
