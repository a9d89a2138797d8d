/** Where the bytes of a file come from: memory, a file on disk (from `offset`, default 0), or a stream. */
export type IsoContent =
  | { readonly bytes: Uint8Array }
  | { readonly path: string; readonly offset?: number }
  | { fetch(): AsyncIterable<Uint8Array> };

export interface IsoFileInput {
  /** 'a/b/c': relative, in UTF-8 at most 255 bytes a segment. Parent folders that are not given are made. */
  readonly path: string;
  readonly type: 'file';
  /** In bytes. */
  readonly size: number;
  readonly content: IsoContent;
  /** Permission bits; default 0444. */
  readonly mode?: number;
  /** Files of equal key and size have equal content and share one extent. Default: the digest. */
  readonly key?: string;
  /** `sha256:<64 hex digits>`, checked as the content is written. */
  readonly digest?: string;
}

export interface IsoDirectoryInput {
  readonly path: string;
  readonly type: 'directory';
  /** Permission bits; default 0555. */
  readonly mode?: number;
}

export interface IsoSymlinkInput {
  readonly path: string;
  readonly type: 'symlink';
  readonly target: string;
}

export type IsoInput = IsoFileInput | IsoDirectoryInput | IsoSymlinkInput;

/** What the whole image says of itself. */
export interface IsoPlanOptions {
  /** UTF-8, at most 32 bytes; Joliet shows the first 16 characters. */
  readonly volumeId: string;
  /** Seconds since 1970: the time of every file and of the volume. */
  readonly time: number;
  /** At most 512 bytes for the primary descriptor's application use field (ECMA-119 §8.4.32). */
  readonly applicationUse?: Uint8Array;
  /** UTF-8, at most 128 bytes each. */
  readonly publisher?: string;
  readonly preparer?: string;
  readonly application?: string;
  /** UTF-8, at most 32 bytes. */
  readonly system?: string;
}
