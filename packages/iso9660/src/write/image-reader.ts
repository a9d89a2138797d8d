import type { IsoPlanExtent, IsoPlan } from '../plan/plan.ts';
import { sectorSize } from '../record/sector.ts';
import type { ContentReader } from './content.ts';
import { openContent } from './content.ts';

/** A piece of an extent's content in the bytes that were read last. */
export interface ContentPart {
  readonly extent: IsoPlanExtent;
  readonly offset: number;
  readonly length: number;
  /** Whether it is the extent's last. */
  readonly last: boolean;
}

/** The bytes of a planned image, from its first to its last. */
export class ImageReader {
  readonly #plan: IsoPlan;
  #position = 0;
  #next = 0;
  #open: { extent: IsoPlanExtent; content: ContentReader; read: number } | undefined;

  constructor(plan: IsoPlan) {
    this.#plan = plan;
  }

  /**
   * Fills `target` with what comes next and tells of the parts of contents in it, with offsets into `target`. Returns
   * the bytes read: fewer than asked only at the end of the image. Throws what openContent does.
   */
  async read(target: Uint8Array, onPart: (part: ContentPart) => void): Promise<number> {
    const length = Math.min(target.length, this.#plan.size - this.#position);
    for (let at = 0; at < length;) {
      const open = this.#open ?? this.#openNext();
      const before = this.#position;
      if (open === undefined) {
        this.#readHeadOrZeros(target.subarray(at, length));
      } else {
        const part = Math.min(length - at, open.extent.size - open.read);
        // Contents that need no waiting are not waited for: there may be 100,000 of them.
        const reading = part === 0 ? undefined : open.content.read(target.subarray(at, at + part));
        if (reading !== undefined) await reading;
        open.read += part;
        this.#position += part;
        const last = open.read === open.extent.size;
        onPart({ extent: open.extent, offset: at, length: part, last });
        if (last) {
          const ending = open.content.end();
          if (ending !== undefined) await ending;
          const closing = this.#close();
          if (closing !== undefined) await closing;
        }
      }
      at += this.#position - before;
    }
    return length;
  }

  /** Closes what is open, after an error. */
  async close(): Promise<void> {
    await this.#close();
  }

  #close(): void | Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    return open?.content.close();
  }

  /** Opens the next extent if it begins here. */
  #openNext() {
    const extent = this.#plan.extents[this.#next];
    if (extent === undefined || extent.sector * sectorSize !== this.#position) return undefined;
    this.#next++;
    this.#open = { extent, content: openContent(extent), read: 0 };
    return this.#open;
  }

  /** What is not content: the head, or zeros up to the next extent or the end. */
  #readHeadOrZeros(target: Uint8Array): void {
    const { head, extents, size } = this.#plan;
    if (this.#position < head.length) {
      const part = head.subarray(this.#position, this.#position + target.length);
      target.set(part);
      this.#position += part.length;
      return;
    }
    const extent = extents[this.#next];
    const end = extent === undefined ? size : extent.sector * sectorSize;
    const zeros = Math.min(target.length, end - this.#position);
    target.fill(0, 0, zeros);
    this.#position += zeros;
  }
}
