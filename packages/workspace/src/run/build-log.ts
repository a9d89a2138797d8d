import { closeSync, fchmodSync, openSync, writeSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ProjectError } from '../error.ts';

const TAIL = 20;
const WIDTH = 500;

/** What a builder says: whole in a file while it is said, its end for errors. Values of secrets are blotted out. */
export class BuildLog {
  readonly file: string;
  readonly #descriptor: number;
  readonly #secrets: readonly string[];
  readonly #show: (line: string) => void;
  readonly #last: string[] = [];

  /** Begins the file anew. Throws ProjectError INGOT_IMAGE_OUTPUT. */
  static async open(file: string, secrets: readonly string[], show: (line: string) => void): Promise<BuildLog> {
    try {
      await mkdir(dirname(file), { recursive: true });
      const descriptor = openSync(file, 'w');
      // Whatever the umask: some logs are outputs.
      fchmodSync(descriptor, 0o644);
      return new BuildLog(file, descriptor, secrets, show);
    } catch (cause) {
      throw new ProjectError('INGOT_IMAGE_OUTPUT', `cannot write the log: ${(cause as Error).message}`, {
        path: file,
        cause,
        help: 'make room for it, or remove what stands there',
      });
    }
  }

  private constructor(file: string, descriptor: number, secrets: readonly string[], show: (line: string) => void) {
    this.file = file;
    this.#descriptor = descriptor;
    this.#secrets = secrets.toSorted((a, b) => b.length - a.length);
    this.#show = show;
  }

  add(text: string): void {
    const line = this.#secrets.reduce((cleaned, secret) => cleaned.replaceAll(secret, '***'), text);
    writeSync(this.#descriptor, `${line}\n`);
    this.#last.push(line.length > WIDTH ? `${line.slice(0, WIDTH)}…` : line);
    // The step that fails is named before what it says.
    if (this.#last.length > 200) this.#last.splice(0, 100);
    this.#show(line);
  }

  /** The last lines, without empty ones. */
  tail(count = TAIL): readonly string[] {
    return this.#last.filter((line) => line.trim() !== '').slice(-count);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
