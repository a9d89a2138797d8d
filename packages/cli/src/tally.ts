import { formatBytes } from '@ingot/workspace';
import type { Descriptor, Received } from '@ingot/content';

export interface Counted {
  readonly blobs: number;
  readonly bytes: number;
}

/** What came of each blob of an image on its way to a registry, each counted once. Bytes. */
export class Tally {
  readonly #how = new Map<string, { readonly how: Received; readonly size: number }>();

  add({ digest, size }: Descriptor, how: Received): void {
    if (!this.#how.has(digest) || how !== 'present') this.#how.set(digest, { how, size });
  }

  of(wanted: Received): Counted {
    const those = [...this.#how.values()].filter(({ how }) => how === wanted);
    return { blobs: those.length, bytes: those.reduce((sum, { size }) => sum + size, 0) };
  }

  counted(): Record<Received, Counted> {
    return { sent: this.of('sent'), mounted: this.of('mounted'), present: this.of('present') };
  }

  toString(): string {
    const { sent, mounted, present } = this.counted();
    if (sent.blobs + mounted.blobs === 0) return 'all there already';
    return [
      `sent ${formatBytes(sent.bytes)} in ${sent.blobs}`,
      ...(mounted.blobs === 0 ? [] : [`${mounted.blobs} mounted`]),
      ...(present.blobs === 0 ? [] : [`${present.blobs} there already`]),
    ].join(', ');
  }
}
