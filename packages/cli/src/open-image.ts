import {
  BlobStore,
  formatSource,
  openSource,
  parsePlatform,
  parseSource,
  selectPlatform,
  storeFolder,
} from '@ingot/content';
import { parseReference } from '@ingot/registry/reference';
import { accessTo } from './access.ts';
import { UsageError } from './error.ts';
import type { Descriptor, Fetcher, FileSpan, Located, OpenedSource, Platform } from '@ingot/content';
import type { Repository } from '@ingot/registry';
import type { Reference } from '@ingot/registry/reference';
import type { Side } from './access.ts';
import type { Terminal, VerbValues } from './verb.ts';
import type { Network } from './with-registries.ts';

/** Where an image is to be read. */
export interface ImageSource {
  /** As it was written. */
  readonly text: string;
  /** Undefined where it is no registry. */
  readonly reference: Reference | undefined;
  open(network: Network): Promise<OpenedSource>;
}

/** Reads a source; opens nothing yet. Throws INGOT_SOURCE_SYNTAX, INGOT_REFERENCE_SYNTAX. */
export function imageSource(text: string, values: VerbValues, terminal: Terminal, side?: Side): ImageSource {
  const source = parseSource(text);
  const reference = source.transport === 'docker' ? parseReference(source.reference) : undefined;
  const openRegistry = async (at: Reference, network: Network): Promise<OpenedSource> => {
    const repository = await network.repository(at, accessTo(at.registry, values, terminal, side));
    return { root: await repository.resolve(), fetcher: new Remote(repository, formatSource(source)) };
  };
  return {
    text,
    reference,
    open: (network) =>
      openSource(source, {
        baseDir: terminal.cwd(),
        store: new BlobStore(storeFolder(terminal.env)),
        ...(reference === undefined ? {} : { openRegistry: () => openRegistry(reference, network) }),
      }),
  };
}

/** Throws INGOT_PLATFORM_SYNTAX. */
export function platformOption({ platform }: VerbValues): Platform | undefined {
  if (platform === '') throw new UsageError('--platform names no platform', 'Write --platform linux/amd64');
  return typeof platform === 'string' ? parsePlatform(platform) : undefined;
}

/** The image for `platform`, or all that the source names: by its digest alone, whatever it was called there. */
export async function rootOf({ root, fetcher }: OpenedSource, platform: Platform | undefined): Promise<Descriptor> {
  const { mediaType, digest, size } = platform === undefined ? root : await selectPlatform(fetcher, root, platform);
  return { mediaType, digest, size };
}

/** A registry's blobs lie in no file. */
class Remote implements Fetcher, Located {
  readonly #repository: Repository;
  readonly place: string;

  constructor(repository: Repository, place: string) {
    this.#repository = repository;
    this.place = place;
  }

  exists(descriptor: Descriptor): Promise<boolean> {
    return this.#repository.exists(descriptor);
  }

  fetch(...args: Parameters<Fetcher['fetch']>): AsyncIterable<Uint8Array> {
    return this.#repository.fetch(...args);
  }

  async locate(): Promise<FileSpan | undefined> {
    return undefined;
  }
}
