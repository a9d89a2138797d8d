import { ContentError } from '../error.ts';
import { readSpan } from '../file-span.ts';
import { smallBlob } from '../read.ts';
import { withReader } from './random-reader.ts';
import { walkTar } from './tar-walk.ts';
import type { FileSpan } from '../store.ts';

type Entry = { readonly span: FileSpan } | { readonly link: string };

/** As many as Linux follows (path_resolution(7)). */
const maxLinks = 40;

/** Where in a tar each of its files lies. Nothing is unpacked: links are followed within the archive only. */
export class TarIndex {
  readonly path: string;
  readonly #entries: ReadonlyMap<string, Entry>;

  constructor(path: string, entries: ReadonlyMap<string, Entry>) {
    this.path = path;
    this.#entries = entries;
  }

  /** Reads all headers of the tar at `path`. Throws ContentError INGOT_TAR, INGOT_FILE. */
  static async open(path: string): Promise<TarIndex> {
    const entries = new Map<string, Entry>();
    await withReader(path, async (reader) => {
      for await (const member of walkTar(reader)) {
        const name = insidePath(member.path);
        if (name === undefined) continue;
        // As when it is unpacked, the last of a name is what stands.
        if (member.type === 'file') entries.set(name, { span: { path, offset: member.offset, size: member.size } });
        else if (member.type === 'hardlink') link(entries, name, insidePath(member.target));
        else if (member.type === 'symlink') link(entries, name, insidePath(member.target, name));
        else if (member.type === 'directory') entries.delete(name);
      }
    });
    return new TarIndex(path, entries);
  }

  /** The names of files and links, sorted. */
  names(): string[] {
    return [...this.#entries.keys()].sort();
  }

  /** Where the file lies that has this name, or that a link of this name leads to. */
  find(name: string): FileSpan | undefined {
    let at: string | undefined = insidePath(name);
    for (let links = 0; at !== undefined && links <= maxLinks; links += 1) {
      const entry = this.#entries.get(at);
      if (entry === undefined) return undefined;
      if ('span' in entry) return entry.span;
      at = entry.link;
    }
    return undefined;
  }

  /** A whole small file (at most 4 MiB), or undefined. Throws ContentError INGOT_BLOB_LIMIT. */
  async read(name: string): Promise<Uint8Array | undefined> {
    const span = this.find(name);
    if (span === undefined) return undefined;
    if (span.size > smallBlob) {
      throw new ContentError(
        'INGOT_BLOB_LIMIT',
        `${name} in ${this.path} has ${span.size} bytes, more than ${smallBlob}`,
        {
          path: this.path,
        },
      );
    }
    const parts: Uint8Array[] = [];
    for await (const part of readSpan(span)) parts.push(part);
    return Buffer.concat(parts);
  }
}

function link(entries: Map<string, Entry>, name: string, target: string | undefined): void {
  if (target === undefined) entries.delete(name);
  else entries.set(name, { link: target });
}

/** A path within the archive in its plain form; `from` is the link that it stands in. Undefined where it leads out. */
function insidePath(path: string, from?: string): string | undefined {
  if (from !== undefined && path.startsWith('/')) return undefined;
  const parts = from === undefined ? [] : from.split('/').slice(0, -1);
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.length === 0 ? undefined : parts.join('/');
}
