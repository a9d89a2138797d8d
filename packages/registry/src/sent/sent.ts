import { join } from 'node:path';
import { hexOf } from '@ingot/content';
import { withLock } from './lock.ts';
import { readRecord, writeRecord } from './record.ts';

/** More candidates for a mount are not worth the requests that fail. */
const mostCandidates = 3;

/**
 * What went where: which repositories of a registry are known to hold a blob, for all processes of this user, and a
 * lock, so that of all who want to bring a blob there, one does, and the others have it mounted.
 * It saves work and decides nothing: records may be old, and may be deleted at any time.
 */
export class Sent {
  readonly #folder: string;
  /** Who waits in this process, by registry and digest. */
  readonly #queues = new Map<string, Promise<unknown>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Does `work` while nobody else on this machine brings this blob to this registry. */
  async alone<T>(host: string, digest: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    const path = this.#path(host, digest);
    const before = this.#queues.get(path) ?? Promise.resolve();
    const mine = before.then(
      () => withLock(path, signal, work),
      () => withLock(path, signal, work),
    );
    this.#queues.set(path, mine);
    try {
      return await mine;
    } finally {
      if (this.#queues.get(path) === mine) this.#queues.delete(path);
    }
  }

  /** The repositories that are known to hold the blob, the latest first. */
  async holders(host: string, digest: string): Promise<readonly string[]> {
    return (await readRecord(this.#path(host, digest))).slice(0, mostCandidates);
  }

  async add(host: string, digest: string, repository: string): Promise<void> {
    const path = this.#path(host, digest);
    const known = await readRecord(path);
    if (known[0] !== repository) await writeRecord(path, [repository, ...known.filter((one) => one !== repository)]);
  }

  /** It turned out not to be there. */
  async remove(host: string, digest: string, repository: string): Promise<void> {
    const path = this.#path(host, digest);
    const known = await readRecord(path);
    if (known.includes(repository))
      await writeRecord(
        path,
        known.filter((one) => one !== repository),
      );
  }

  #path(host: string, digest: string): string {
    return join(this.#folder, encodeURIComponent(host), hexOf(digest));
  }
}
