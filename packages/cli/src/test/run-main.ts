import { PassThrough, Readable } from 'node:stream';
import { main } from '../main.ts';

export interface Run {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** What is piped in. */
  readonly stdin?: string;
  /** What is typed on a terminal once there is a question, one after the other. */
  readonly typed?: readonly string[];
}

/** Runs the program in `cwd` and answers with what it wrote. */
export function runMain(cwd: string, ...args: string[]): Promise<Run> {
  return runMainWith({ cwd }, ...args);
}

export async function runMainWith(options: RunOptions, ...args: string[]): Promise<Run> {
  const { cwd, env = process.env, stdin = '', typed } = options;
  const written = { stdout: '', stderr: '' };
  const keyboard = Object.assign(new PassThrough(), { isTTY: true });
  const rest = [...(typed ?? [])];
  const output = (name: keyof typeof written) => ({
    write(text: string) {
      written[name] += text;
      if (name === 'stderr' && /: $/.test(text)) setImmediate(() => keyboard.write(rest.shift() ?? '\u0004'));
    },
  });
  const exit = await main(args, {
    stdout: output('stdout'),
    stderr: output('stderr'),
    stdin: typed === undefined ? Readable.from([Buffer.from(stdin)]) : keyboard,
    env,
    cwd: () => cwd,
  });
  return { exit, ...written };
}
