import type { Readable } from 'node:stream';
import type { ProgressStream } from '@ingot/workspace';

/** 0: done, and nothing to object to; 1: a rule is broken, or something failed; 2: wrong usage. */
export type ExitCode = 0 | 1 | 2;

/** What a verb talks to: the process, or a test's stand-in. */
export interface Terminal {
  readonly stdout: Output;
  readonly stderr: Output & ProgressStream;
  readonly stdin: Input;
  readonly env: NodeJS.ProcessEnv;
  cwd(): string;
}

export interface Output {
  write(text: string): unknown;
  on?(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

export type Input = Readable & { readonly isTTY?: boolean };

/** An option of a verb, as node:util parseArgs takes it, and what the help says of it. */
export interface VerbOption {
  readonly type: 'boolean' | 'string';
  readonly short?: string;
  readonly help: string;
  /** The name of its value in the help. */
  readonly value?: string;
}

export type VerbValues = Readonly<Record<string, string | boolean | undefined>>;

export interface VerbArguments {
  readonly values: VerbValues;
  readonly positionals: readonly string[];
}

/** One verb of the program; a file each in verbs/. */
export interface Verb {
  readonly name: string;
  /** What stands after its name in the help: `<x.iso> [paths…]`. */
  readonly synopsis: string;
  readonly summary: string;
  readonly options: Readonly<Record<string, VerbOption>>;
  readonly examples: readonly string[];
  run(args: VerbArguments, terminal: Terminal): Promise<ExitCode>;
}
