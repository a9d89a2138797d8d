import { BuildLog } from '@ingot/workspace';

/** The file that a machine's console goes to. It is written while lines come in, where nobody hears of an error. */
export class ConsoleLog {
  readonly #log: BuildLog;
  #failure: { readonly error: unknown } | undefined;

  /** Begins the file anew. Throws ProjectError INGOT_IMAGE_OUTPUT. */
  static async open(file: string): Promise<ConsoleLog> {
    return new ConsoleLog(await BuildLog.open(file, [], () => undefined));
  }

  private constructor(log: BuildLog) {
    this.#log = log;
  }

  get file(): string {
    return this.#log.file;
  }

  add(line: string): void {
    try {
      if (this.#failure === undefined) this.#log.add(line);
    } catch (error) {
      this.#failure = { error };
    }
  }

  /** Throws what went wrong while it was written. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  close(): void {
    this.#log.close();
  }
}
