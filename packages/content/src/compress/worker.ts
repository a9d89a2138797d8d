import { parentPort } from 'node:worker_threads';
import { encode } from './codec.ts';
import type { Encoded, Segment } from './codec.ts';

/** What a worker answers to a segment. */
export type Answer = Encoded | { readonly error: string };

const port = parentPort;
port?.on('message', (segment: Segment) => {
  void encode(segment).then(
    (encoded) => port.postMessage(encoded satisfies Answer, [encoded.output.buffer, encoded.buffer]),
    (error: unknown) => port.postMessage({ error: String(error) } satisfies Answer),
  );
});
