import { CliError } from './error.ts';

const signals = ['SIGINT', 'SIGTERM'] as const;

/**
 * Runs `work` so that Ctrl-C or SIGTERM stops it by its signal: it cleans up, and its error is ours,
 * INGOT_INTERRUPTED, whatever it made of it. A second Ctrl-C ends the program at once.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const help = 'What was there before is as it was: run again.';
  // It goes on listening after the first signal: signal-exit, which locks bring along, kills who is alone with it.
  const stop = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) endAtOnce(name);
    else controller.abort(new CliError('INGOT_INTERRUPTED', `stopped by ${name}`, help));
  };
  const endAtOnce = (name: NodeJS.Signals): void => {
    for (const one of signals) process.off(one, stop);
    process.kill(process.pid, name);
  };
  for (const one of signals) process.on(one, stop);
  try {
    return await work(controller.signal);
  } catch (error) {
    controller.signal.throwIfAborted();
    throw error;
  } finally {
    for (const one of signals) process.off(one, stop);
  }
}
