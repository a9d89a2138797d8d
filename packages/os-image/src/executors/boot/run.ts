import { mkdir, rm } from 'node:fs/promises';
import { formatDuration, interruptible, throwErrors, type Outcome } from '@ingot/workspace';
import type { ExecutorContext } from '@nx/devkit';
import type { BootReport } from '../../boot/report.ts';
import { outputOf } from '../../output/paths.ts';
import { bootInputs, bootOptions, type BootChoice } from '../boot-inputs.ts';
import { openProject } from '../project.ts';
import { openStages } from '../stages.ts';

/** Boots the images of the context's project, one after the other, and says how each went. Fails where one does not. */
export async function runBoot(options: BootChoice, context: ExecutorContext): Promise<Outcome> {
  const project = await openProject(options, context, bootOptions);
  const { bootImage } = await import('../../boot/boot.ts');
  const { putResult } = await import('../../output/put.ts');
  const { folder, resultFile } = outputOf(project.folder, 'boot');
  // Consoles are there to be read also where a boot fails: they are not moved into place afterwards.
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const notes: string[] = [];
  const stages = openStages(`${project.name}:boot`);
  const reports: BootReport[] = [];
  const errors: Error[] = [];
  try {
    await interruptible(async (signal) => {
      const note = (text: string): void => void notes.push(text);
      const stage = (label: string): void => void stages.stage(label);
      for (const input of await bootInputs(project, options, { outputFolder: folder, signal, note, stage })) {
        try {
          reports.push(await bootImage(input));
        } catch (error) {
          signal.throwIfAborted();
          errors.push(error as Error);
        }
      }
    });
  } finally {
    stages.finish();
  }
  throwErrors(errors);
  await putResult(resultFile, {
    ingot: 'boot-result/v1',
    name: project.description.name,
    version: project.version,
    reports,
  });
  return { success: true, terminalOutput: reportOf(reports, notes) };
}

function reportOf(reports: readonly BootReport[], notes: readonly string[]): string {
  const lines = reports.flatMap(({ way, architecture, accelerator, up, seconds, checks }) => [
    `${way} ${architecture}: up after ${up?.toFixed(1) ?? '?'} s, ${formatDuration(seconds * 1000)} in all, by ${accelerator}`,
    ...checks.map(({ run, passed }) => `  ${passed ? 'passed' : 'FAILED'}  ${run}`),
  ]);
  return [...lines, ...notes.map((note) => `  note: ${note}`), ''].join('\n');
}
