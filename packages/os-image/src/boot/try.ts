import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ProjectError } from '@ingot/workspace';
import { inContext } from './boot.ts';
import type { BootContext, BootInput, Prepared } from './context.ts';
import { qemuArguments } from './machine/arguments.ts';

const shipped: Readonly<
  Record<BootInput['way'], () => Promise<(context: BootContext) => Promise<Omit<Prepared, 'root'>>>>
> = {
  'metal-stack': async () => (await import('./ways/metal-stack/prepare.ts')).prepareMetalStack,
  onmetal: async () => (await import('./ways/ironcore.ts')).shippedImage,
  ironcore: async () => (await import('./ways/ironcore.ts')).shippedImage,
  disk: async () => (await import('./ways/disk.ts')).shippedDisk,
};

/**
 * Starts an image as `bootImage` does, without its checks and without a time limit, with its console on stdin and stdout.
 * What a person changes in there is forgotten. `print` tells how to leave. Throws what `bootImage` throws before the
 * machine runs, INGOT_BOOT_MACHINE, and the reason of `signal`.
 */
export async function tryImage(input: BootInput, print: (text: string) => void): Promise<void> {
  await inContext(input, async (context) => {
    const { start, drives } = await (await shipped[input.way]())(context);
    const { architecture, accelerator, description, qemu, signal } = context;
    const { memory, cpus } = description.boot;
    print('Ctrl-A X ends the machine, Ctrl-A H shows what else there is; what changes in it is forgotten');
    signal.throwIfAborted();
    const args = qemuArguments({ architecture, accelerator, memory, cpus, start, drives }, 'person');
    const child = spawn(qemu, args, { stdio: 'inherit' });
    const stop = (): void => void child.kill();
    signal.addEventListener('abort', stop, { once: true });
    process.once('exit', stop);
    try {
      const [code] = (await once(child, 'close')) as [number | null];
      signal.throwIfAborted();
      if (code !== 0) throw ended(input, code);
    } finally {
      signal.removeEventListener('abort', stop);
      process.off('exit', stop);
    }
  });
}

function ended({ way, architecture, description }: BootInput, code: number | null): ProjectError {
  const how = code === null ? 'was killed' : `ended with ${code}`;
  return new ProjectError('INGOT_BOOT_MACHINE', `${way} ${architecture}: qemu ${how}`, {
    place: description.place(['boot']),
    help: 'boot.memory and boot.cpus may be more than there is here',
  });
}
