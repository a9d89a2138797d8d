import { CliError } from './error.ts';

/**
 * Runs `work` so that Ctrl-C or SIGTERM stops it by its signal: it cleans up, and its error is ours,
 * INGOT_INTERRUPTED, whatever it made of it. A second Ctrl-C ends the program at once.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const help = 'What was there before is as it was: run again.';
  const stop = (name: NodeJS.Signals): void =>
    controller.abort(new CliError('INGOT_INTERRUPTED', `stopped by ${name}`, help));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    return await work(controller.signal);
  } catch (error) {
    controller.signal.throwIfAborted();
    throw error;
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}
