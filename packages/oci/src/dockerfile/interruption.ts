import { ProjectError } from '@ingot/workspace';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const controller = new AbortController();
let running = 0;

/**
 * Does `work` with an ear for Ctrl-C, so that the engine is stopped and what was begun is cleaned away. One signal for
 * all builds of the process: those of a batch that have not begun must not begin after it.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  if (running++ === 0) for (const signal of signals) process.once(signal, stop);
  try {
    controller.signal.throwIfAborted();
    return await work(controller.signal);
  } finally {
    if (--running === 0) for (const signal of signals) process.off(signal, stop);
  }
}

function stop(signal: NodeJS.Signals): void {
  const help = 'The image that was there before is as it was.';
  controller.abort(new ProjectError('INGOT_INTERRUPTED', `stopped by ${signal}`, { help }));
}
