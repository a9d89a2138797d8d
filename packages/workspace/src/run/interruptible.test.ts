import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { interruptible } from './interruptible.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const before = new Map(signals.map((signal) => [signal, process.rawListeners(signal)]));
const added = () =>
  signals.flatMap((signal) => process.rawListeners(signal).filter((each) => !before.get(signal)!.includes(each)));
afterEach(() => expect(added()).toEqual([]));

/** What a process prints that works until it is interrupted, and then takes a moment to clean up. */
async function interrupted(signal: NodeJS.Signals): Promise<{ printed: string; ended: number | string }> {
  const script = `
    import { lock } from 'proper-lockfile'; // brings signal-exit
    import { interruptible } from ${JSON.stringify(new URL('interruptible.ts', import.meta.url).href)};
    void lock;
    const alive = setInterval(() => undefined, 1000);
    try {
      await interruptible((signal) => new Promise((_, reject) => {
        signal.addEventListener('abort', () => setImmediate(() => reject(signal.reason)));
        console.log('working');
      }));
    } catch (error) {
      console.log(error.code + ' ' + error.message);
    }
    clearInterval(alive);
  `;
  const args = ['--conditions=ingot-source', '--input-type=module', '--eval', script];
  const child = spawn(process.execPath, args, { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.on('data', (part: Buffer) => {
    if (printed === '') child.kill(signal);
    printed += String(part);
  });
  const [code, by] = (await once(child, 'close')) as [number | null, string | null];
  return { printed, ended: code ?? by ?? '' };
}

describe('interruptible', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('lets a process clean up after %s, whoever else listens', async (signal) => {
    const expected = { printed: `working\nINGOT_INTERRUPTED stopped by ${signal}\n`, ended: 0 };
    expect(await interrupted(signal)).toEqual(expected);
  });

  it('listens while something runs, and leaves Ctrl-C to the process after the last', async () => {
    const ends: (() => void)[] = [];
    const running = [1, 2].map(() => interruptible(() => new Promise<void>((end) => ends.push(end))));
    expect(added()).toHaveLength(3);
    ends[0]!();
    await running[0];
    expect(added()).toHaveLength(3);
    ends[1]!();
    await running[1];
  });

  it('stops all that runs, and lets nothing begin afterwards', async () => {
    // One that nobody else in this process has: it stays stopped.
    vi.resetModules();
    onTestFinished(() => void vi.resetModules());
    const { interruptible } = await import('./interruptible.ts');
    const stopped = interruptible(
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    );
    const [hear] = added() as ((signal: string) => void)[];
    hear!('SIGINT');
    await expect(stopped).rejects.toMatchObject({ code: 'INGOT_INTERRUPTED', message: 'stopped by SIGINT' });
    await expect(interruptible(async () => 'begun')).rejects.toMatchObject({ code: 'INGOT_INTERRUPTED' });
  });
});
