import { createHash } from 'node:crypto';
import { read } from 'node:fs';
import { promisify } from 'node:util';

const readSome = promisify(read);

/** In bytes: what is hashed at once, and so how long nothing else is heard. */
const stepSize = 1024 * 1024;

/** The SHA-256 of all of an open file, in hex. Throws the reason of an aborted `signal`, and what the system says. */
export async function digestOfFile(file: number, signal: AbortSignal | undefined): Promise<string> {
  const digest = createHash('sha256');
  const buffer = new Uint8Array(stepSize);
  for (let at = 0; ;) {
    signal?.throwIfAborted();
    const { bytesRead } = await readSome(file, buffer, 0, buffer.length, at);
    if (bytesRead === 0) return digest.digest('hex');
    digest.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
}
