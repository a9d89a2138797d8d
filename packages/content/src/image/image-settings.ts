/** How the image's program is run. What is left out comes from the base. */
export interface ImageSettings {
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** `user`, `uid`, `user:group`, `uid:gid`. */
  readonly user?: string;
  readonly workdir?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** `8080`, `'8080/udp'`; TCP where no protocol is named. */
  readonly ports?: readonly (number | string)[];
  readonly volumes?: readonly string[];
  /** `SIGTERM`, `'15'`, `SIGRTMIN+3`. */
  readonly stopSignal?: string;
}
