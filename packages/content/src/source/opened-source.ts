import type { Descriptor } from '../descriptor.ts';
import type { Fetcher, Located } from '../store.ts';
import type { ImageName } from './image-name.ts';

/** What a source names, open to read. `name` and `tag` are what the source itself says of them. */
export interface OpenedSource extends ImageName {
  /** A manifest or an index. */
  readonly root: Descriptor;
  readonly fetcher: Fetcher & Located;
}
