import { formatBytes, formatDuration, interruptible, ProjectError, type Outcome } from '@ingot/workspace';
import type { ExecutorContext } from '@nx/devkit';
import { outputOf } from '../../output/paths.ts';
import { openProject, type OsImageOptions } from '../project.ts';
import { openStages } from '../stages.ts';

/** The options of the executor @ingot/os-image:publish. */
export interface PublishExecutorOptions extends OsImageOptions {
  readonly dryRun?: boolean;
}

/** Puts metal-stack's files where they are served, and prints the lines that make the images known. */
export async function runPublish(options: PublishExecutorOptions, context: ExecutorContext): Promise<Outcome> {
  const started = performance.now();
  const { description, folder, name } = await openProject(options, context, { dryRun: ['true', 'false'] });
  const { publish } = description;
  if (publish === undefined) {
    throw new ProjectError('INGOT_OS_IMAGE_PUBLISH', 'os-image.yaml does not say where to', {
      place: description.place(['formats']),
      help: 'write publish: { folder: PATH } or publish: { command: [PROGRAM, …] }',
    });
  }
  const { metalctlLines, publishMetalStack } = await import('../../publish/publish.ts');
  const { readFormatResult } = await import('../../output/read.ts');
  const output = outputOf(folder, 'metal-stack');
  const result = await readFormatResult(output, 'metal-stack', name);
  if (options.dryRun === true) {
    const lines = result.files.map(({ path, size }) => `would publish ${path}  ${formatBytes(size)}`);
    return { success: true, terminalOutput: `${[...lines, metalctlLines(result)].join('\n')}\n` };
  }
  const stages = openStages(`${name}:publish`);
  const onBytes = stages.stage(
    'publishing',
    result.files.reduce((sum, { size }) => sum + size, 0),
  );
  try {
    const onLine = (line: string): void => void process.stderr.write(`${line}\n`);
    const published = await interruptible((signal) =>
      publishMetalStack(output.folder, result, publish, description, { signal, onLine, onBytes }),
    );
    const lines = published.map(({ path, how }) => `${how}  ${path}`);
    const last = `in ${formatDuration(performance.now() - started)}`;
    return { success: true, terminalOutput: `${[...lines, last, metalctlLines(result)].join('\n')}\n` };
  } finally {
    stages.finish();
  }
}
