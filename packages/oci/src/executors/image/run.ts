import { join } from 'node:path';
import {
  checkOptions,
  formatBytes,
  formatDuration,
  imageOutput,
  ProjectError,
  projectNode,
  sourceDateEpoch,
  type ImageResult,
  type Outcome,
} from '@ingot/workspace';
import type { ExecutorContext } from '@nx/devkit';
import type { DockerfileDescription } from '../../dockerfile/description.ts';
import type { ImageDescription } from '../../image/description.ts';
import { checkMaker, folderOf } from '../../image/maker.ts';

/** The options of the executor @ingot/oci:image. */
export interface ImageOptions {
  readonly file?: string;
  readonly outputPath?: string;
  readonly platforms?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  /** What ingot.lock pins, for Nx's hash; the build reads the lock itself. */
  readonly locked?: readonly string[];
}

/** Builds the image of the context's project, and says what came of it. Throws what is wrong. */
export async function runImage(options: ImageOptions, context: ExecutorContext): Promise<Outcome> {
  const started = performance.now();
  check(options);
  const { readImageFile } = await import('../../image/description.ts');
  const { openBase, selectBase } = await import('../../image/base.ts');
  const { buildImage } = await import('../../image/build.ts');

  const { root: projectRoot } = projectNode(context, context.projectName!).data;
  const file = join(context.root, projectRoot, options.file ?? 'image.yaml');
  const description = await readImageFile(file, options);
  for (const layer of description.layers) for (const entry of layer.files) checkMaker(entry, context);
  const output = imageOutput(context.root, projectRoot, options);
  const { dockerfile } = description;
  if (dockerfile) {
    const project = join(context.root, projectRoot);
    return runDockerfile({ ...description, dockerfile }, { ...output, project }, context.projectName!, started);
  }
  const result = await buildImage(description, {
    ...output,
    time: sourceDateEpoch() ?? 0,
    base: await openBase(description, context),
    selectBase: (base, platform) => selectBase(base, description, platform),
    folderOf: (entry) => folderOf(entry, context),
  });
  return { success: true, terminalOutput: report(description, result, performance.now() - started) };
}

async function runDockerfile(
  description: ImageDescription & { readonly dockerfile: DockerfileDescription },
  folders: { readonly layoutDir: string; readonly resultFile: string; readonly project: string },
  projectName: string,
  started: number,
): Promise<Outcome> {
  const { buildDockerfile } = await import('../../dockerfile/build.ts');
  const { result, engine, notes } = await buildDockerfile(description, {
    ...folders,
    time: sourceDateEpoch() ?? 0,
    show: (line) => process.stderr.write(`${projectName} | ${line}\n`),
  });
  const text = report(description, result, performance.now() - started, `, by ${engine}`);
  return { success: true, terminalOutput: [text, ...notes.map((note) => `  ${note}\n`)].join('') };
}

function check(options: ImageOptions): void {
  checkOptions(options, {
    file: undefined,
    outputPath: undefined,
    platforms: undefined,
    labels: undefined,
    locked: undefined,
  });
  if (options.outputPath === undefined || /(^|\/)image$/.test(options.outputPath)) return;
  throw new ProjectError('INGOT_OPTION_VALUE', `outputPath: the last name of "${options.outputPath}" is not image`, {
    help: 'dependents look for the result beside it, image.json; choose another folder around it',
  });
}

function report(description: ImageDescription, result: ImageResult, time: number, by = ''): string {
  const platforms = result.platforms.map(({ platform, size }) => `${platform} ${formatBytes(size)}`);
  const inherited = result.inherited.reduce((sum, { size }) => sum + size, 0);
  const shared = inherited > 0 ? `, of which ${formatBytes(inherited)} from ${description.from!.source}` : '';
  return `${result.name}:${result.version}  ${result.digest}\n  ${platforms.join(', ')}${shared}${by}, in ${formatDuration(time)}\n`;
}
