/** What says who we are. Never goes into a log, an error, a plan or a cache, but for `account` and `from`. */
export interface Credentials {
  readonly username?: string;
  readonly password?: string;
  /** Is exchanged for a token; stands instead of a password. */
  readonly identityToken?: string;
  /** Is a token for the registry itself. */
  readonly registryToken?: string;
  /** For messages: the user name, or `identity token`, `registry token`. */
  readonly account: string;
  /** For messages: the file, helper or variable that it came from. */
  readonly from: string;
}
