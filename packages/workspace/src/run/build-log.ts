import { closeSync, fchmodSync, fstatSync, openSync, writeFileSync } from 'node:fs';
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
      // Whatever the umask: some logs are outputs. A device's mode is not ours.
      if (fstatSync(descriptor).isFile()) fchmodSync(descriptor, 0o644);
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

  /** Throws ProjectError INGOT_DISK_FULL, INGOT_IMAGE_OUTPUT: a log that lacks lines is none. */
  add(text: string): void {
    const line = this.#secrets.reduce((cleaned, secret) => cleaned.replaceAll(secret, '***'), text);
    this.#write(`${line}\n`);
    this.#last.push(line.length > WIDTH ? `${line.slice(0, WIDTH)}…` : line);
    // The step that fails is named before what it says.
    if (this.#last.length > 200) this.#last.splice(0, 100);
    this.#show(line);
  }

  #write(text: string): void {
    try {
      // Unlike writeSync it goes on where a disk takes a part only, and so meets the error.
      writeFileSync(this.#descriptor, text);
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      const isFull = code === 'ENOSPC' || code === 'EDQUOT';
      throw new ProjectError(
        isFull ? 'INGOT_DISK_FULL' : 'INGOT_IMAGE_OUTPUT',
        isFull ? `no space left for ${this.file}` : `cannot write the log: ${message}`,
        { path: this.file, cause, help: 'Free some space: what is built and its log lie on this disk.' },
      );
    }
  }

  /** The last lines, without empty ones. */
  tail(count = TAIL): readonly string[] {
    return this.#last.filter((line) => line.trim() !== '').slice(-count);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
