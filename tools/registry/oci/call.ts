import type { IncomingHttpHeaders } from 'node:http';
import type { RepositoryContents } from './contents.ts';
import type { OciRegistryOptions } from './options.ts';

/** A request of the registry's API, once it is known whose it is. */
export interface Call {
  readonly method: string;
  /** Of the repository. */
  readonly name: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly options: OciRegistryOptions;
  readonly repository: RepositoryContents;
  body(): AsyncIterable<Buffer>;
  repositoryOf(name: string): RepositoryContents;
  /** Whether whoever asks may read that repository. */
  mayPull(name: string): boolean;
}
