import { chmod, mkdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LayoutStore, refName, writeWhole } from '@ingot/content';
import { indexText } from './index-text.ts';
import { findEntry } from './find-entry.ts';
import type { Descriptor } from '@ingot/content';

/**
 * A store of onmetal-image: an OCI layout whose images are tagged with full references (onmetal-image oci/store,
 * oci/layout). Reading takes what onmetal-image takes, index.json alone will do, and writes nothing.
 */
export class OnmetalStore extends LayoutStore {
  /** The entries of index.json, in its order. Throws ContentError INGOT_LAYOUT. */
  entries(): Promise<readonly Descriptor[]> {
    return this.roots({ withoutVersion: true });
  }

  /** The entry that a reference, digest or ID names. Throws CliError INGOT_STORE_IMAGE, and INGOT_LAYOUT. */
  async find(text: string): Promise<Descriptor> {
    return findEntry(await this.entries(), text, this.root);
  }

  /** Blobs are read-only there (containerd content/local). */
  override async push(descriptor: Descriptor, content: AsyncIterable<Uint8Array>): Promise<void> {
    await super.push(descriptor, content);
    await chmod(this.pathOf(descriptor), 0o444);
  }

  /** Gives an image a name; what had it loses it, and the entry comes last (oci/store/store.go Tag). */
  async tag({ mediaType, digest, size, platform }: Descriptor, name: string): Promise<void> {
    const others = (await this.entries()).filter(({ annotations }) => annotations?.[refName] !== name);
    const plain = { mediaType, digest, size, ...(platform == null ? {} : { platform }) };
    await this.#write([...others, { ...plain, annotations: { [refName]: name } }]);
  }

  /** Adds an entry without a name, unless there is one (oci/store/store.go Put adds another each time). */
  async add({ mediaType, digest, size }: Descriptor): Promise<void> {
    const entries = existsSync(join(this.root, 'index.json')) ? await this.entries() : [];
    const isThere = entries.some((one) => one.digest === digest && one.annotations?.[refName] === undefined);
    await this.#write(isThere ? entries : [...entries, { mediaType, digest, size }]);
  }

  async #write(entries: readonly Descriptor[]): Promise<void> {
    await this.#writeFile('oci-layout', '{"imageLayoutVersion":"1.0.0"}');
    await mkdir(join(this.root, 'ingest'), { recursive: true });
    await chmod(join(this.root, 'ingest'), 0o755);
    await this.#writeFile('index.json', indexText(entries));
  }

  async #writeFile(name: string, text: string): Promise<void> {
    await writeWhole(this.root, async (file) => {
      await file.writeFile(text);
      return join(this.root, name);
    });
  }
}
