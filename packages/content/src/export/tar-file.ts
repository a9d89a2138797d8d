import { encodeHeader, endOfArchive, padding } from '../layer/header.ts';
import { writeAt } from '../temporary.ts';
import type { FileHandle } from 'node:fs/promises';
import type { LayerEntry } from '../layer/entry.ts';

/** Writes a tar into a file, member after member: root's, of 1970, so that the same content gives the same bytes. */
export class TarFile {
  readonly #file: FileHandle;
  #position = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async folder(path: string): Promise<void> {
    await this.#append(encodeHeader({ type: 'directory', path, mode: 0o755, uid: 0, gid: 0 }, 0));
  }

  async bytes(path: string, bytes: Uint8Array): Promise<void> {
    await this.content(path, () => [bytes]);
  }

  /** Content whose size shows only at its end. It is asked for twice where it turns out too large for a plain header. */
  async content(path: string, open: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    for (let header = fileHeader(path, 0); ;) {
      const start = this.#position + header.length;
      let end = start;
      for await (const part of open()) {
        await writeAt(this.#file, part, end);
        end += part.length;
      }
      const reserved = header.length;
      header = fileHeader(path, end - start);
      if (header.length !== reserved) continue;
      await writeAt(this.#file, header, this.#position);
      this.#position = end;
      return this.#append(new Uint8Array(padding(end - start)));
    }
  }

  async end(): Promise<void> {
    await this.#append(endOfArchive);
  }

  async #append(bytes: Uint8Array): Promise<void> {
    await writeAt(this.#file, bytes, this.#position);
    this.#position += bytes.length;
  }
}

function fileHeader(path: string, size: number): Uint8Array {
  const entry: LayerEntry = { type: 'file', path, mode: 0o644, uid: 0, gid: 0, size, content: new Uint8Array(0) };
  return encodeHeader(entry, 0);
}
