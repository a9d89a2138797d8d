import { checkMaker } from '@ingot/oci';
import { formatBytes, formatDuration, interruptible, type Outcome } from '@ingot/workspace';
import type { ExecutorContext } from '@nx/devkit';
import type { RootfsResult } from '../../rootfs/result.ts';
import { outputOf } from '../../output/paths.ts';
import { openProject, type OsImageOptions } from '../project.ts';
import { openStages } from '../stages.ts';
import { sourcesIn } from './sources.ts';

/** The options of the executor @ingot/os-image:rootfs. */
export interface RootfsExecutorOptions extends OsImageOptions {
  /** What ingot.lock pins, for Nx's hash; the build reads the lock itself. */
  readonly locked?: readonly string[];
}

/** Builds the root file systems of the context's project, and says what came of it. */
export async function runRootfs(options: RootfsExecutorOptions, context: ExecutorContext): Promise<Outcome> {
  const started = performance.now();
  const { description, time, folder, name } = await openProject(options, context, { locked: undefined });
  for (const entry of description.files) checkMaker(entry, context);
  const { buildRootfs } = await import('../../rootfs/build.ts');
  const { putOutput } = await import('../../output/put.ts');
  const notes: string[] = [];
  const stages = openStages(`${name}:rootfs`);
  try {
    const result = await interruptible((signal) =>
      putOutput(outputOf(folder, 'rootfs'), (staging) =>
        buildRootfs({
          description,
          project: name,
          time,
          folder: staging,
          sources: sourcesIn(description, context),
          signal,
          note: (text) => notes.push(text),
          stage: stages.stage,
        }),
      ),
    );
    return { success: true, terminalOutput: report(result, notes, performance.now() - started) };
  } finally {
    stages.finish();
  }
}

function report({ name, architectures }: RootfsResult, notes: readonly string[], time: number): string {
  const lines = architectures.map(({ architecture, tar, packageCount, kernel }) =>
    [
      `  ${architecture}  ${formatBytes(tar.size)}`,
      ...(packageCount > 0 ? [`${packageCount} packages`] : []),
      ...(kernel ? [kernel.source] : []),
      tar.digest,
    ].join('  '),
  );
  return [`${name}, in ${formatDuration(time)}`, ...lines, ...notes.map((note) => `  note: ${note}`), ''].join('\n');
}
