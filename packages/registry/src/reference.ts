/** What a reference names. Registry as written: `docker.io`, `localhost:5000`. */
export interface Reference {
  readonly registry: string;
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:` and 64 hex digits. */
  readonly digest?: string;
}
