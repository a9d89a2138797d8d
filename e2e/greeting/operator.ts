import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface RunningOperator {
  output(): string;
  ended(): boolean;
  /** Its health server's port, once it has said so. */
  healthPort(): number;
  /** Sends SIGTERM, and gives what the process ended with. */
  stop(): Promise<number | NodeJS.Signals | null>;
  /** What it ended with, by itself. */
  readonly end: Promise<number | NodeJS.Signals | null>;
}

export function startOperator(program: string, args: readonly string[], env: NodeJS.ProcessEnv): RunningOperator {
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const listen = (text: Buffer) => (output += text.toString());
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  let ended = false;
  // Nothing of a run outlives it.
  const atExit = () => child.kill('SIGKILL');
  process.once('exit', atExit);
  const end = once(child, 'close').then(([code, signal]: (number | NodeJS.Signals | null)[]) => {
    process.off('exit', atExit);
    ended = true;
    return code ?? signal ?? null;
  });
  return {
    output: () => output,
    ended: () => ended,
    healthPort: () => Number(/"health":(\d+)/.exec(output)?.[1]),
    stop: () => {
      child.kill('SIGTERM');
      return end;
    },
    end,
  };
}
