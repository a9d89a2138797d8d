/** A place that answers for a repository: the registry itself, or a mirror of it. */
export interface Endpoint {
  /** `https://host[:port]`, or http. */
  readonly origin: URL;
  /** By which credentials know it: `docker.io`, `host:5000`. */
  readonly registry: string;
  /** As it is called there. */
  readonly repository: string;
  /** PEM texts of certificates to trust besides those of the system. */
  readonly ca?: readonly string[];
  /** PEM text of the certificate that we show, with its key. */
  readonly cert?: string;
  readonly key?: string;
  readonly skipTlsVerify: boolean;
  readonly isMirror: boolean;
}
