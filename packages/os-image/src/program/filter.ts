import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { ProjectError } from '@ingot/workspace';
import { packages } from './tools.ts';

export interface FilterOptions {
  /** Ends the program; its reason is then thrown. */
  readonly signal?: AbortSignal | undefined;
  readonly cwd?: string;
  /** Default: this process's own, without what changes the bytes that compressors make. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Characters of what the program says on stderr that an error repeats. */
const TAIL = 2000;
/** How long it may take to end before it is killed, in milliseconds. */
const GRACE = 5000;

/**
 * A program between two streams: `input` goes to its stdin, what it says on stdout comes out. At the pace of the slower
 * side, in pieces of at most 64 KiB, whatever the size of the whole. Whoever stops listening ends the program.
 * Throws the reason of `signal`, what `input` throws, and ProjectErrors: INGOT_TOOL_MISSING; INGOT_TOOL_FAILED where
 * the program fails, or ends without having read all of its input.
 */
export async function* filter(
  program: string,
  args: readonly string[],
  input: AsyncIterable<Uint8Array>,
  { signal, cwd, env = environment() }: FilterOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  signal?.throwIfAborted();
  const child = spawn(program, args, { cwd, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = outcome(child);
  const said = tailOf(child);
  const source = new Source(input);
  const feeding = pipeline(source, child.stdin).catch((error: unknown) => error);
  const kill = killer(child);
  signal?.addEventListener('abort', kill.gently, { once: true });
  process.once('exit', kill.atOnce);
  try {
    yield* readable(child);
    const end = await ended;
    signal?.throwIfAborted();
    if ('error' in end) throw notStarted(program, end.error);
    const unread = await source.unread(feeding);
    if (end.code !== 0) throw toolFailed(program, args, end.code, said());
    if (unread) throw toolFailed(program, args, 'before it had read all of its input', said());
  } finally {
    kill.gently();
    child.stdin.destroy();
    await ended;
    kill.done();
    signal?.removeEventListener('abort', kill.gently);
    process.off('exit', kill.atOnce);
  }
}

/** Options of compressors that come from outside would be options that no task knows of. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(XZ|LZ4|ZSTD|GZIP)(_|$)/.test(name));
  // lz4 1.10 takes as many threads as there are cores.
  return { ...Object.fromEntries(kept), LC_ALL: 'C', LZ4_NBWORKERS: '1' };
}

/** Passes its input on, and remembers whether it was that which failed. */
class Source implements AsyncIterable<Uint8Array> {
  readonly #input: AsyncIterable<Uint8Array>;
  #failure: { readonly error: unknown } | undefined;
  #ended = false;

  constructor(input: AsyncIterable<Uint8Array>) {
    this.#input = input;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* this.#input;
      this.#ended = true;
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
  }

  /** Whether the program left some of it, once it has ended. Throws what `input` threw. */
  async unread(feeding: Promise<unknown>): Promise<boolean> {
    // What comes after the program's end must not be waited for.
    const error = this.#ended || this.#failure ? await feeding : true;
    if (this.#failure) throw this.#failure.error;
    return error !== undefined;
  }
}

/** Its stdout. A program that never began has none, and says so itself. */
async function* readable({ stdout }: ChildProcessWithoutNullStreams): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* stdout as AsyncIterable<Uint8Array>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}

type End = { readonly code: number | NodeJS.Signals } | { readonly error: NodeJS.ErrnoException };

function outcome(child: ChildProcessWithoutNullStreams): Promise<End> {
  return once(child, 'close').then(
    ([code, signal]) => ({ code: (code ?? signal) as number | NodeJS.Signals }),
    (error: NodeJS.ErrnoException) => ({ error }),
  );
}

function tailOf(child: ChildProcessWithoutNullStreams): () => string {
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (said = (said + text).slice(-2 * TAIL)));
  return () => said.trim().slice(-TAIL);
}

/** The program and all that it started are asked to end, then made to. */
function killer(child: ChildProcessWithoutNullStreams) {
  let timer: NodeJS.Timeout | undefined;
  // Until then somebody holds its streams, and no other process can have got its number.
  let closed = child.pid === undefined;
  child.once('close', () => void (closed = true));
  const send = (signal: NodeJS.Signals): void => {
    if (closed) return;
    try {
      process.kill(-child.pid!, signal);
    } catch {
      // They are gone already.
    }
  };
  return {
    gently: (): void => {
      send('SIGTERM');
      timer ??= setTimeout(() => send('SIGKILL'), GRACE);
    },
    atOnce: (): void => send('SIGKILL'),
    done: (): void => clearTimeout(timer),
  };
}

function notStarted(program: string, cause: NodeJS.ErrnoException): ProjectError {
  if (cause.code !== 'ENOENT') return toolFailed(program, [], `without having begun: ${cause.message}`, '');
  return new ProjectError('INGOT_TOOL_MISSING', `the program ${program} is not on the PATH`, {
    help: `Debian: apt-get install ${(packages as Readonly<Record<string, string>>)[program] ?? program}`,
  });
}

function toolFailed(program: string, args: readonly string[], how: number | string, said: string): ProjectError {
  const ending = typeof how === 'number' ? `with ${how}` : how.startsWith('SIG') ? `by ${how}` : how;
  return new ProjectError('INGOT_TOOL_FAILED', `${program} ended ${ending}${said === '' ? '' : `: ${said}`}`, {
    help: `the command was: ${[program, ...args].join(' ')}`,
  });
}
