import { join } from 'node:path';
import {
  artifactOutput,
  checkOptions,
  formatBytes,
  formatDuration,
  progress,
  ProjectError,
  projectNode,
  sourceDateEpoch,
  type ArtifactResult,
  type Outcome,
  type Progress,
} from '@ingot/workspace';
import type { ExecutorContext } from '@nx/devkit';
import { checkMaker, folderOf } from '../../image/maker.ts';

/** The options of the executor @ingot/oci:artifact. */
export interface ArtifactOptions {
  readonly file?: string;
  readonly outputPath?: string;
}

/** Makes the artifact of the context's project, and says what came of it. Throws what is wrong. */
export async function runArtifact(options: ArtifactOptions, context: ExecutorContext): Promise<Outcome> {
  const started = performance.now();
  check(options);
  const { readArtifactFile } = await import('../../artifact/description.ts');
  const { buildArtifact } = await import('../../artifact/build.ts');

  const { root: projectRoot } = projectNode(context, context.projectName!).data;
  const description = await readArtifactFile(join(context.root, projectRoot, options.file ?? 'artifact.yaml'));
  for (const file of description.files) checkMaker(file, context);
  let bar: Progress | undefined;
  try {
    const result = await buildArtifact(description, {
      ...artifactOutput(context.root, projectRoot, options),
      time: sourceDateEpoch(),
      folderOf: (file) => folderOf(file, context),
      onTotal: (total) => (bar = progress({ label: `reading ${description.name}`, total })),
      onBytes: (bytes) => bar?.add(bytes),
    });
    return { success: true, terminalOutput: report(result, performance.now() - started) };
  } finally {
    bar?.finish();
  }
}

function check(options: ArtifactOptions): void {
  checkOptions(options, { file: undefined, outputPath: undefined });
  if (options.outputPath === undefined || /(^|\/)artifact$/.test(options.outputPath)) return;
  throw new ProjectError('INGOT_OPTION_VALUE', `outputPath: the last name of "${options.outputPath}" is not artifact`, {
    help: 'dependents look for the result beside it, artifact.json; choose another folder around it',
  });
}

/** `name:tag  digest` for each root, and under it its files. */
function report({ name, version, roots, files }: ArtifactResult, time: number): string {
  const lines = roots.flatMap(({ suffix, role, digest }) => [
    `${name}:${version}${suffix}  ${digest}`,
    ...files
      .filter((file) => (role === 'kernel' || role === 'ramdisk' ? file.role === role : isIn(file.role)))
      .map(({ title, size, disktype, platform }) =>
        ['', title, formatBytes(size), disktype, platform].filter((part) => part !== undefined).join('  '),
      ),
  ]);
  return `${lines.join('\n')}\n  in ${formatDuration(time)}\n`;
}

function isIn(role: ArtifactResult['files'][number]['role']): boolean {
  return role === 'file' || role === 'disk';
}
