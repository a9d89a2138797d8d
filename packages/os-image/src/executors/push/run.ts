import { formatBytes, formatDuration, interruptible, ProjectError, registriesOf, type Outcome } from '@ingot/workspace';
import type { ExecutorContext } from '@nx/devkit';
import type { OsImagePushResult } from '../../push/push.ts';
import { outputOf, targetOf } from '../../output/paths.ts';
import { openProject, type OsImageOptions } from '../project.ts';
import { openStages } from '../stages.ts';

/** The options of the executor @ingot/os-image:push. */
export interface PushExecutorOptions extends OsImageOptions {
  readonly registry?: string;
  readonly format?: string | readonly string[];
  readonly dryRun?: boolean;
}

/** Pushes the formats that the project's `push` names, and says what came of it. */
export async function runPush(options: PushExecutorOptions, context: ExecutorContext): Promise<Outcome> {
  const started = performance.now();
  const known = { registry: undefined, format: undefined, dryRun: ['true', 'false'] };
  const { description, version, folder, name } = await openProject(options, context, known);
  const push = description.push.filter(({ format }) => wanted(options.format)?.includes(format) ?? true);
  if (push.length === 0) {
    throw new ProjectError('INGOT_OS_IMAGE_PUSH', 'there is nothing to push', {
      place: description.place(['push']),
      help: 'name a format and its repository under `push` in os-image.yaml',
    });
  }
  const { dryRunFormats, pushFormats } = await import('../../push/push.ts');
  const { readFormatResult, readRootfsResult } = await import('../../output/read.ts');
  const rootfsOutput = outputOf(folder, 'rootfs');
  const rootfs = await readRootfsResult(rootfsOutput, name);
  const built = await Promise.all(
    push.map(async ({ format }) => {
      const output = outputOf(folder, targetOf(format));
      return { folder: output.folder, result: await readFormatResult(output, format, name) };
    }),
  );
  const stages = openStages(`${name}:push`);
  try {
    return await interruptible(async (signal) => {
      const work = {
        ...{ version, rootfs, rootfsFolder: rootfsOutput.folder, signal, stage: stages.stage },
        registries: await registriesOf(context),
        registry: options.registry,
      };
      const what = { ...description, push };
      if (options.dryRun === true) return { success: true, terminalOutput: await dryRunFormats(what, built, work) };
      const result = await pushFormats(what, built, work);
      stages.finish();
      const { writePushResult, ironicLines } = await import('@ingot/oci');
      await writePushResult(outputOf(folder, 'push').resultFile, result);
      const lines = (result.ironic ?? []).map((settings) => `\n${ironicLines(settings)}\n`).join('');
      return { success: true, terminalOutput: report(result, performance.now() - started) + lines };
    });
  } finally {
    stages.finish();
  }
}

function wanted(format: PushExecutorOptions['format']): readonly string[] | undefined {
  return typeof format === 'string' ? [format] : format;
}

function report({ formats, sent, mounted, present }: OsImagePushResult, time: number): string {
  const lines = formats.flatMap(({ format, references }) => [
    `${format}:`,
    ...references.map(({ reference, digest, attachedTo }) =>
      attachedTo === undefined ? `  ${reference}  ${digest}` : `    attached: ${reference}`,
    ),
  ]);
  const counts = [
    `sent ${formatBytes(sent.bytes)} in ${sent.blobs}`,
    ...(mounted.blobs > 0 ? [`mounted ${formatBytes(mounted.bytes)} in ${mounted.blobs}`] : []),
    ...(present.blobs > 0 ? [`${present.blobs} there already`] : []),
  ].join(', ');
  return `${[...lines, `${counts}, in ${formatDuration(time)}`].join('\n')}\n`;
}
