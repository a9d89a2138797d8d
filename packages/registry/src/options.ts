/** What may be said of one registry in the options of a plugin. */
export interface RegistryOptions {
  readonly plainHttp?: boolean;
  /** A PEM file of certificates to trust besides those of the system. */
  readonly caFile?: string;
  /** Where to pull from first: `host[:port][/path]`, in this order. */
  readonly mirrors?: readonly string[];
  readonly skipTlsVerify?: boolean;
}

/** Times in milliseconds. */
export interface Limits {
  /** Until a connection stands. */
  readonly connect?: number;
  /** Until the registry begins to answer, once it has all that was sent; or takes more, while it is being sent. */
  readonly headers?: number;
  /** Between two pieces of an answer. */
  readonly idle?: number;
  /** How often a request is tried before its failure is final; an attempt that brought bytes forward is not counted. */
  readonly attempts?: number;
}

export interface RegistriesOptions {
  /** By `host[:port]`. */
  readonly registries?: Readonly<Record<string, RegistryOptions>>;
  /** Credentials: read instead of Docker's and Podman's own files. */
  readonly authFile?: string;
  /** Instead of the environment of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** Is told what a registry gave as a warning, which mirror failed, and why there is a pause: once each. */
  readonly onWarning?: (text: string) => void;
  /** Ends all that is under way. */
  readonly signal?: AbortSignal;
  /** How to wait before the next attempt. For tests. */
  readonly wait?: (milliseconds: number) => Promise<void>;
  readonly limits?: Limits;
  /** Where the locks and records of sent blobs lie; else `registries` in the shared store. */
  readonly sentFolder?: string;
}
