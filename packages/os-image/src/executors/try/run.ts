import { join } from 'node:path';
import { interruptible, type Outcome } from '@ingot/workspace';
import type { ExecutorContext } from '@nx/devkit';
import { bootInputs, bootOptions, type BootChoice } from '../boot-inputs.ts';
import { openProject } from '../project.ts';

/** Boots one image with its console in this terminal. Nothing of what happens in the machine is kept. */
export async function runTry(options: BootChoice, context: ExecutorContext): Promise<Outcome> {
  const project = await openProject(options, context, bootOptions);
  const { tryImage } = await import('../../boot/try.ts');
  const print = (text: string): void => void process.stderr.write(`${text}\n`);
  await interruptible(async (signal) => {
    const outputFolder = join(project.folder, 'dist/try');
    const inputs = await bootInputs(project, options, { outputFolder, signal, note: print, stage: print });
    const chosen = inputs.find(({ way }) => way === 'disk') ?? inputs[0]!;
    await tryImage(chosen, print);
  });
  return { success: true };
}
