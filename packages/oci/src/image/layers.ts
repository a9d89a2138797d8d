import { createLayer, type AddedLayer, type Ingester, type LayerEntry, type Platform } from '@ingot/content';
import { ProjectError, withPlace } from '@ingot/workspace';
import type { LayerDescription } from './description.ts';
import type { FilesDescription } from './files-description.ts';
import { collectFiles, forPlatform } from './files.ts';
import type { FilesFolder } from './maker.ts';

export interface LayersOptions {
  /** Of all files: seconds since 1970. */
  readonly time: number;
  readonly folderOf: (entry: FilesDescription) => FilesFolder;
  /** Threads that compress. */
  readonly workers?: number;
}

/** Makes each layer once, however many platforms share it. */
export class LayerMaker {
  readonly #options: LayersOptions;
  readonly #without: ReadonlySet<string>;
  readonly #store: Ingester;
  readonly #made = new Map<LayerDescription, Map<string, Promise<AddedLayer>>>();

  /** @param without what is never copied: the image's own output */
  constructor(options: LayersOptions, without: ReadonlySet<string>, store: Ingester) {
    this.#options = options;
    this.#without = without;
    this.#store = store;
  }

  make(layer: LayerDescription, platform: Platform): Promise<AddedLayer> {
    const forLayer = this.#made.get(layer) ?? new Map<string, Promise<AddedLayer>>();
    this.#made.set(layer, forLayer);
    const key = layer.files.map(({ from }) => forPlatform(from, platform)).join('\0');
    const made = forLayer.get(key) ?? this.#create(layer, platform);
    forLayer.set(key, made);
    return made;
  }

  async #create(layer: LayerDescription, platform: Platform): Promise<AddedLayer> {
    const entries = await this.#entries(layer, platform);
    const { time, workers } = this.#options;
    const options = { mtime: time, ...(workers === undefined ? {} : { workers }) };
    const created = await withPlace(layer.place, () => createLayer(entries, options, this.#store));
    return { ...created, createdBy: `ingot: ${layer.files.map(({ to }) => to).join(' ')}` };
  }

  async #entries(layer: LayerDescription, platform: Platform): Promise<LayerEntry[]> {
    const byPath = new Map<string, LayerEntry>();
    for (const entry of layer.files) {
      const { base, boundary, from } = this.#options.folderOf(entry);
      const found = await collectFiles({ ...entry, from }, { base, boundary, without: this.#without, platform });
      for (const each of found) {
        const before = byPath.get(each.path);
        if (before && !(before.type === 'directory' && each.type === 'directory')) throw twice(each.path, entry);
        byPath.set(each.path, each);
      }
    }
    return [...byPath.values()];
  }
}

function twice(path: string, entry: FilesDescription): ProjectError {
  return new ProjectError('INGOT_IMAGE_PATH_TWICE', `/${path} is in this layer already`, {
    place: entry.place,
    help: 'leave one of them out with `exclude`, or put the one that shall win into a layer of its own',
  });
}
