import type { ExecutorContext } from '@nx/devkit';
import { formatError } from '../report/format-error.ts';

/** What a task came to, and what it has to say. */
export interface Outcome {
  readonly success: boolean;
  readonly terminalOutput?: string;
}

/** The plain function behind an executor. Throws to fail; it prints nothing on stdout itself. */
export type RunOne<Options> = (options: Options, context: ExecutorContext) => Promise<Outcome>;

/** Runs a task; a thrown error becomes a failed outcome with the error's text, its paths relative to the workspace. */
export async function outcomeOf<Options>(
  runOne: RunOne<Options>,
  options: Options,
  context: ExecutorContext,
): Promise<Outcome> {
  try {
    return await runOne(options, context);
  } catch (error) {
    return { success: false, terminalOutput: formatError(error, { cwd: context.root }) };
  }
}

/** An Nx executor out of a plain function: prints what it has to say, errors on stderr. */
export function executor<Options>(runOne: RunOne<Options>) {
  return async (options: Options, context: ExecutorContext): Promise<{ success: boolean }> => {
    const outcome = await outcomeOf(runOne, options, context);
    const text = outcome.terminalOutput;
    if (text) (outcome.success ? process.stdout : process.stderr).write(text.endsWith('\n') ? text : `${text}\n`);
    return { success: outcome.success };
  };
}
