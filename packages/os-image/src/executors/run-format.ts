import { formatBytes, formatDuration, interruptible, type Outcome } from '@ingot/workspace';
import type { ExecutorContext } from '@nx/devkit';
import { ofDisks, type Format } from '../description/formats.ts';
import type { FormatInput, FormatResult } from '../format/format.ts';
import { outputOf, targetOf } from '../output/paths.ts';
import { openProject, type OsImageOptions, type OsImageProject } from './project.ts';
import { openStages } from './stages.ts';

/** The plain function behind a format's executor: makes it of what the target `rootfs` left, and says what came of it. */
export function formatRunner(format: Format) {
  return async (options: OsImageOptions, context: ExecutorContext): Promise<Outcome> => {
    const started = performance.now();
    const project = await openProject(options, context);
    const notes: string[] = [];
    const result = await buildFormat(format, project, (text) => notes.push(text));
    return { success: true, terminalOutput: report(result, notes, performance.now() - started) };
  };
}

async function buildFormat(
  format: Format,
  project: OsImageProject,
  note: (text: string) => void,
): Promise<FormatResult> {
  const { makerOf } = await import('../format/make.ts');
  const { putOutput } = await import('../output/put.ts');
  const { readRootfsResult } = await import('../output/read.ts');
  const { description, version, folder: projectFolder, name } = project;
  const rootfsOutput = outputOf(projectFolder, 'rootfs');
  const rootfs = await readRootfsResult(rootfsOutput, name);
  const make = await makerOf(format);
  const stages = openStages(`${name}:${targetOf(format)}`);
  try {
    return await interruptible((signal) =>
      putOutput(
        outputOf(projectFolder, targetOf(format)),
        async (folder): Promise<FormatResult> => {
          const input: FormatInput = {
            description,
            version,
            time: rootfs.time,
            rootfs,
            rootfsFolder: rootfsOutput.folder,
            ...(await disksOf(format, project)),
            folder,
            signal,
            note,
            stage: stages.stage,
          };
          return { ingot: 'os-image-result/v1', format, name: description.name, version, ...(await make(input)) };
        },
        resultOf,
      ),
    );
  } finally {
    stages.finish();
  }
}

/** What stands in `<target>.json`: of a container image what @ingot/oci writes, so that image.yaml takes it. */
function resultOf(result: FormatResult): object {
  return (result.format === 'container' ? result.facts?.['image'] : undefined) ?? result;
}

/** Formats that carry disks take those of the target `disk`. */
async function disksOf(format: Format, { folder, name }: OsImageProject): Promise<Pick<FormatInput, 'disks'>> {
  if (!ofDisks.includes(format)) return {};
  const { readFormatResult } = await import('../output/read.ts');
  const output = outputOf(folder, 'disk');
  return { disks: { folder: output.folder, result: await readFormatResult(output, 'disk', name) } };
}

function report({ format, name, version, files, facts }: FormatResult, notes: readonly string[], time: number): string {
  const all = files.reduce((sum, { size }) => sum + size, 0);
  const lines = facts?.['lines'];
  return [
    `${name} ${version}, ${format}: ${formatBytes(all)} in ${formatDuration(time)}`,
    ...files.map(({ path, size, architecture }) =>
      ['', path, formatBytes(size), ...(architecture ? [architecture] : [])].join('  '),
    ),
    ...notes.map((note) => `  note: ${note}`),
    ...(Array.isArray(lines) ? (lines as unknown[]).map((line) => `  ${String(line)}`) : []),
    '',
  ].join('\n');
}
