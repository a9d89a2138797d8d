import { formatError, printable } from '@ingot/workspace';
import { parseVerb } from './arguments.ts';
import { overview, verbHelp } from './help.ts';
import { isWrongUsage } from './error.ts';
import { verbs } from './verbs/index.ts';
import { version } from './version.ts';
import type { ExitCode, Terminal } from './verb.ts';

/**
 * Runs the program with its arguments (without `node` and the script). Results go to `stdout`, all else to `stderr`.
 * Never throws.
 */
export async function main(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  ignoreClosedPipe(terminal);
  try {
    return await run(args, terminal);
  } catch (error) {
    terminal.stderr.write(`${printable(formatError(error, { cwd: terminal.cwd() }))}\n`);
    return isWrongUsage(error) ? 2 : 1;
  }
}

async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === undefined) {
    terminal.stderr.write(overview(verbs));
    return 2;
  }
  if (name === '--version' || name === '-V') terminal.stdout.write(`${version}\n`);
  else if (name === '--help' || name === '-h' || (name === 'help' && rest.length === 0))
    terminal.stdout.write(overview(verbs));
  else return runVerb(args, terminal);
  return 0;
}

async function runVerb(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const asked = args[0] === 'help';
  const { verb, values, positionals } = parseVerb(asked ? [...args.slice(1), '--help'] : args, verbs);
  if (values['help'] === true) {
    terminal.stdout.write(verbHelp(verb));
    return 0;
  }
  return verb.run({ values, positionals }, terminal);
}

/** `ingot list x.iso | head` closes the pipe: that is no failure, and nobody is left to be told. */
function ignoreClosedPipe({ stdout }: Terminal): void {
  stdout.on?.('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
