import { ProjectError } from '../error.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const controller = new AbortController();
let running = 0;
let stoppedAt = 0;

/** At a terminal the process gets Ctrl-C twice: from the terminal, and from Nx, which passes it on. Milliseconds. */
const sameCtrlC = 1000;

/**
 * Does `work` with an ear for Ctrl-C, so that what was begun is cleaned away: its signal aborts with INGOT_INTERRUPTED.
 * One signal for all work of the process: what of a batch has not begun must not begin after it. Another Ctrl-C a second
 * later ends the process at once; without any work the first does.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  // Listening goes on after the first signal: signal-exit, which locks of registries bring along, kills the process
  // where it is the only listener.
  if (running++ === 0) for (const signal of signals) process.on(signal, stop);
  try {
    controller.signal.throwIfAborted();
    return await work(controller.signal);
  } finally {
    if (--running === 0) for (const signal of signals) process.off(signal, stop);
  }
}

function stop(signal: NodeJS.Signals): void {
  if (controller.signal.aborted) {
    if (performance.now() - stoppedAt < sameCtrlC) return;
    for (const each of signals) process.off(each, stop);
    process.kill(process.pid, signal);
    return;
  }
  stoppedAt = performance.now();
  const help = 'what was there before is as it was; run again';
  controller.abort(new ProjectError('INGOT_INTERRUPTED', `stopped by ${signal}`, { help }));
}
