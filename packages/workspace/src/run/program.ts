import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface ProgramOptions {
  readonly cwd?: string;
  /** Default: this process's own. */
  readonly env?: NodeJS.ProcessEnv;
  /** Hears each line of both outputs. Where it throws, the program is ended as by `signal`, and that is thrown. */
  readonly onLine?: (line: string) => void;
  /** Ends the program with all that it started; its reason is then thrown. */
  readonly signal?: AbortSignal;
  /** Runs as this user and group, for which this process must be root. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /**
   * The bits that what it makes goes without; default: as for this process. Only the main thread of a process can set it.
   */
  readonly umask?: number;
  /** How long it may take to clean up before it is killed, in milliseconds. */
  readonly grace?: number;
}

/** How a program ended. */
export interface Ended {
  /** Undefined: killed by a signal. */
  readonly code: number | undefined;
  /** The first lines of both outputs. */
  readonly lines: readonly string[];
}

const LINES = 1000;

/**
 * Runs a program by its arguments, without a shell and without a terminal, in a process group of its own. Undefined
 * where there is no such program. Throws the reason of `signal`, and what `onLine` throws.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  { cwd, env = process.env, onLine, signal, user, umask, grace = 10_000 }: ProgramOptions = {},
): Promise<Ended | undefined> {
  signal?.throwIfAborted();
  const child = withUmask(umask, () =>
    spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'], ...user }),
  );
  let killer: NodeJS.Timeout | undefined;
  const end = (): void => killGroup(child.pid, 'SIGTERM');
  const stop = (): void => {
    end();
    killer ??= setTimeout(() => killGroup(child.pid, 'SIGKILL'), grace);
  };
  // Lines come in where nobody awaits them: an error there would end this process, with nothing cleaned up.
  let failure: { readonly error: unknown } | undefined;
  const hear = (line: string): void => {
    if (failure) return;
    try {
      onLine?.(line);
    } catch (error) {
      failure = { error };
      stop();
    }
  };
  const lines: string[] = [];
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input, crlfDelay: Infinity }).on('line', (line) => {
      if (lines.length < LINES) lines.push(line);
      hear(line);
    });
  }
  signal?.addEventListener('abort', stop, { once: true });
  process.once('exit', end);
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    if (signal?.aborted || failure) killGroup(child.pid, 'SIGKILL');
    signal?.throwIfAborted();
    rethrow(failure);
    return { code: code ?? undefined, lines };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  } finally {
    clearTimeout(killer);
    signal?.removeEventListener('abort', stop);
    process.off('exit', end);
  }
}

function rethrow(failure: { readonly error: unknown } | undefined): void {
  if (failure) throw failure.error;
}

/** A child process has the umask that this one has in the moment in which it is started. */
function withUmask<T>(umask: number | undefined, start: () => T): T {
  if (umask === undefined) return start();
  const own = process.umask(umask);
  try {
    return start();
  } finally {
    process.umask(own);
  }
}

/** The program and all that it started. */
function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // They are gone already.
  }
}
