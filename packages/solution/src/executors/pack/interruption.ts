import { SolutionError } from '../../error.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const controller = new AbortController();
let running = 0;

/** A pack's ear for Ctrl-C. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** To be called once, when the pack is over: without any pack Ctrl-C ends the process again. */
  end(): void;
}

/**
 * Tells of Ctrl-C, so that what was begun is cleaned away. One signal for all packs of the process: those of a batch that
 * have not begun must not begin after it.
 */
export function interruption(): Interruption {
  if (running++ === 0) for (const signal of signals) process.once(signal, stop);
  return {
    signal: controller.signal,
    end() {
      if (--running === 0) for (const signal of signals) process.off(signal, stop);
    },
  };
}

function stop(signal: NodeJS.Signals): void {
  const help = 'An ISO that was there before is as it was.';
  controller.abort(new SolutionError('INGOT_INTERRUPTED', `stopped by ${signal}`, { help }));
}
