import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { referee, type Referee } from '../referee.ts';

/** A server that runs as a program of its own. */
export interface Program {
  /** What `ready` found. */
  readonly ready: RegExpExecArray;
  /** All that it has said so far. */
  output(): string;
  /** Ends it, and waits until it is gone. */
  stop(): Promise<void>;
}

/** Starts a server and waits until its output says that it listens. Throws what it said where it ends before that. */
export async function startProgram(
  program: Referee,
  args: readonly string[],
  ready: RegExp,
  env: NodeJS.ProcessEnv = {},
): Promise<Program> {
  const child = spawn(referee(program), args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...env },
  });
  let output = '';
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  // Nothing of a run outlives it.
  const atExit = () => child.kill('SIGKILL');
  process.once('exit', atExit);
  child.once('exit', () => process.off('exit', atExit));
  const found = await new Promise<RegExpExecArray>((resolve, reject) => {
    const listen = (text: Buffer) => {
      output += text.toString();
      const match = ready.exec(output);
      if (match !== null) resolve(match);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('error', reject);
    child.once('close', () => reject(new Error(`${program} ended:\n${output}`)));
  });
  return { ready: found, output: () => output, stop };
}
