import type { Path, Place, ProjectFile } from '@ingot/workspace';
import { didYouMean, ProjectError, throwErrors } from '@ingot/workspace';

import type { ImageName } from '../format/manifest.ts';
import type { Problem } from '../format/problem.ts';
import type { SolutionFile } from './solution-file.ts';

/** An image by the names that operator and ui may call it. */
interface Named {
  readonly name: string;
  readonly tag: string;
  readonly aliases: readonly string[];
}

/** Collects what is wrong in a solution.yaml, each with its place. */
export class Checks {
  readonly #file: ProjectFile<SolutionFile>;
  readonly #errors: ProjectError[] = [];

  constructor(file: ProjectFile<SolutionFile>) {
    this.#file = file;
  }

  at(path: Path, problems: readonly Problem[]): void {
    for (const problem of problems) this.problem(path, problem);
  }

  problem(path: Path, { code, message, help }: Problem): void {
    this.#errors.push(new ProjectError(code, message, { place: this.#file.place(path), help }));
  }

  inFile(file: string, { code, message, help, line = 1, column = 1 }: Problem): void {
    this.#errors.push(new ProjectError(code, message, { place: { file, line, column }, help }));
  }

  /** The image that operator or ui names, by `name`, or `name:tag` with any of its tags. */
  image(path: Path, wanted: string | undefined, images: readonly Named[]): ImageName | undefined {
    if (wanted === undefined || this.#errors.length > 0) return undefined;
    const found = images.filter(
      ({ name, tag, aliases }) => name === wanted || [tag, ...aliases].some((each) => `${name}:${each}` === wanted),
    );
    const [first] = found;
    if (first !== undefined && found.length === 1) {
      const tag = first.aliases.find((alias) => `${first.name}:${alias}` === wanted) ?? first.tag;
      return { name: first.name, tag };
    }
    const names = images.map(({ name }) => name);
    this.problem(path, {
      code: found.length === 0 ? 'INGOT_IMAGE_UNKNOWN' : 'INGOT_IMAGE_AMBIGUOUS',
      message:
        found.length === 0 ? `no image "${wanted}"${didYouMean(wanted, names)}` : `"${wanted}" has several tags here`,
      help:
        found.length === 0
          ? `It must be the name of one of images: ${names.join(', ')}.`
          : `Write one of ${found.map(({ name, tag }) => `${name}:${tag}`).join(', ')}.`,
    });
    return undefined;
  }

  once(what: string, place: Place, seen: Map<string, Place>, code: Problem['code'] = 'INGOT_IMAGE_TWICE'): void {
    const before = seen.get(what);
    if (before === undefined) seen.set(what, place);
    else this.twice(`${what} is there twice; the first is in line ${before.line}`, place, code);
  }

  twice(message: string, place: Place, code: Problem['code']): void {
    this.#errors.push(new ProjectError(code, message, { place, help: 'Leave one out, or give it another name.' }));
  }

  attempt<T>(path: Path, run: () => T): T | undefined {
    try {
      return run();
    } catch (error) {
      this.#caught(path, error);
      return undefined;
    }
  }

  async attemptAsync<T>(path: Path, run: () => Promise<T>): Promise<T | undefined> {
    try {
      return await run();
    } catch (error) {
      this.#caught(path, error);
      return undefined;
    }
  }

  /** Throws what was collected so far: that of the file itself in its order, then that of others. */
  finish(): void {
    const own = this.#errors.filter((each) => each.place?.file === this.#file.file);
    const others = this.#errors.filter((each) => each.place?.file !== this.#file.file);
    throwErrors([...own.sort(byPlace), ...others]);
  }

  /** Errors of the libraries know no place in the file: this is it. What nobody foresaw is thrown on. */
  #caught(path: Path, error: unknown): void {
    const facts = error as {
      code?: unknown;
      message: string;
      help?: string;
      path?: string;
      place?: Place;
      digest?: string;
    };
    if (!(error instanceof Error) || typeof facts.code !== 'string' || !facts.code.startsWith('INGOT_')) throw error;
    this.#errors.push(
      new ProjectError(facts.code as Problem['code'], facts.message, {
        place: facts.place ?? this.#file.place(path),
        ...(facts.help === undefined ? {} : { help: facts.help }),
        ...(facts.digest === undefined ? {} : { digest: facts.digest }),
        cause: error,
      }),
    );
  }
}

function byPlace({ place: a }: ProjectError, { place: b }: ProjectError): number {
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0);
}
