import type { Fault, LoggedRequest } from './exchange.ts';
import type { Allow, TokenServer } from '../token-server.ts';

export interface OciRegistryOptions {
  /** PEM texts; then it speaks https. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly auth?: 'none' | 'basic' | 'bearer';
  /** Name to password, for `basic` and `bearer`. */
  readonly users?: Readonly<Record<string, string>>;
  /** Who may do what, for `basic`; for `bearer` where no token server is given. Every user may do everything. */
  readonly allow?: Allow;
  /** For `bearer`; else it starts one of its own, with `users` and `allow`. */
  readonly tokens?: TokenServer;
  /** Does it have the referrers API? */
  readonly referrers?: boolean;
  /** Does it mount blobs? Else a mount begins an upload. */
  readonly mounts?: boolean;
  /** Does it take chunks, tell the state of an upload, and keep what came before a cut? */
  readonly chunked?: boolean;
  /** Does it heed Range? */
  readonly ranges?: boolean;
  /** The most tags in one answer. */
  readonly pageSize?: number;
  /** The URL at which a blob really is. */
  readonly redirectBlobsTo?: (repository: string, digest: string) => string;
  /** Asked about each request before anything else happens to it. */
  readonly faults?: (request: LoggedRequest) => Fault | undefined | void;
}
