import type { Platform, Source } from '@ingot/content';
import type { EngineName } from './description.ts';
import type { Runs } from './emulation.ts';
import type { SecretReference } from './secrets.ts';

/** What is built: all paths absolute. */
export interface BuildRequest {
  readonly file: string;
  readonly context: string;
  /** What is left out of the context: the author's .dockerignore, and what Ingot writes itself. */
  readonly ignore: string;
  /** An empty folder for what the engine makes. */
  readonly folder: string;
  readonly target: string | undefined;
  readonly args: Readonly<Record<string, string>>;
  readonly secrets: readonly SecretReference[];
  readonly platforms: readonly Platform[];
  /** Seconds since 1970. */
  readonly time: number;
  readonly cacheFrom: readonly string[];
  readonly cacheTo: readonly string[];
}

/** Runs a program of the engine in the request's folder. Throws where it fails. */
export type RunStep = (program: string, args: readonly string[]) => Promise<void>;

/** What builds Dockerfiles. */
export interface Engine {
  readonly name: EngineName;
  readonly runs: Runs;
  /** Builds, and answers with where the image for each platform lies, relative to the request's folder. */
  build(request: BuildRequest, run: RunStep): Promise<readonly Source[]>;
  /** Removes what a build that was stopped left in the engine's own storage. */
  abandon?(request: BuildRequest): Promise<void>;
  /** What of the request it has to do without, a line each. */
  unable(request: Pick<BuildRequest, 'cacheFrom' | 'cacheTo'>): readonly string[];
}

/** `--name value` for each value. */
export function flags(name: string, values: readonly string[]): string[] {
  return values.flatMap((value) => [name, value]);
}

export function argsOf({ args, time }: BuildRequest): string[] {
  const all = { SOURCE_DATE_EPOCH: String(time), ...args };
  return Object.entries(all).map(([name, value]) => `${name}=${value}`);
}
