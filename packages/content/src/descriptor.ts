/** What a platform-specific image runs on. OCI image index, `platform`. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly 'os.version'?: string;
  readonly 'os.features'?: readonly string[];
}

/** Names a blob by its digest and size. OCI image-spec, descriptor.md. */
export interface Descriptor {
  readonly mediaType: string;
  /** `sha256:` and 64 lower-case hex digits. */
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly urls?: readonly string[];
  readonly platform?: Platform;
  readonly artifactType?: string;
  /** The blob itself, base64. */
  readonly data?: string;
}
