import { posix, join } from 'node:path';
import {
  checkOptions,
  didYouMean,
  formatBytes,
  formatDuration,
  imageOutput,
  ProjectError,
  projectNode,
  type ImageResult,
  type Outcome,
} from '@ingot/workspace';
import type { ExecutorContext } from '@nx/devkit';
import type { FilesDescription, ImageDescription } from './description.ts';

/** The options of the executor @ingot/oci:image. */
export interface ImageOptions {
  readonly file?: string;
  readonly outputPath?: string;
  readonly platforms?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}

/** Builds the image of the context's project, and says what came of it. Throws what is wrong. */
export async function runImage(options: ImageOptions, context: ExecutorContext): Promise<Outcome> {
  const started = performance.now();
  check(options);
  const { readImageFile } = await import('./description.ts');
  const { openBase, selectBase } = await import('./base.ts');
  const { buildImage } = await import('./build.ts');

  const { root: projectRoot } = projectNode(context, context.projectName!).data;
  const file = join(context.root, projectRoot, options.file ?? 'image.yaml');
  const description = await readImageFile(file, options);
  for (const layer of description.layers) for (const entry of layer.files) checkMaker(entry, context);
  const output = imageOutput(context.root, projectRoot, options);
  const result = await buildImage(description, {
    ...output,
    time: sourceDate(process.env['SOURCE_DATE_EPOCH']),
    base: await openBase(description, context),
    selectBase: (base, platform) => selectBase(base, description, platform),
    folderOf: (entry) => folderOf(entry, context),
  });
  return { success: true, terminalOutput: report(description, result, performance.now() - started) };
}

function check(options: ImageOptions): void {
  checkOptions(options, { file: undefined, outputPath: undefined, platforms: undefined, labels: undefined });
  if (options.outputPath === undefined || /(^|\/)image$/.test(options.outputPath)) return;
  throw new ProjectError('INGOT_OPTION_VALUE', `outputPath: the last name of "${options.outputPath}" is not image`, {
    help: 'dependents look for the result beside it, image.json; choose another folder around it',
  });
}

/** SOURCE_DATE_EPOCH (reproducible-builds.org), in seconds since 1970; 0 where it isn't set. */
export function sourceDate(text: string | undefined): number {
  if (text === undefined || text === '') return 0;
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new ProjectError('INGOT_SOURCE_DATE_EPOCH', `SOURCE_DATE_EPOCH=${text} is no time`, {
    help: 'give whole seconds since 1970, e.g. $(git log -1 --format=%ct), or leave it unset',
  });
}

const WORKSPACE = '{workspaceRoot}/';

/** What a target makes may lie anywhere in the workspace; all else stays in its project. */
function folderOf(entry: FilesDescription, context: ExecutorContext): { base: string; boundary: string; from: string } {
  const project = projectNode(context, entry.project ?? context.projectName!, entry.place);
  const folder = join(context.root, project.data.root);
  if (entry.target === undefined) return { base: folder, boundary: folder, from: entry.from };
  if (entry.from.startsWith(WORKSPACE)) {
    return { base: context.root, boundary: context.root, from: entry.from.slice(WORKSPACE.length) };
  }
  return { base: folder, boundary: context.root, from: entry.from };
}

/** Throws INGOT_PROJECT_UNKNOWN, INGOT_TARGET_UNKNOWN, INGOT_IMAGE_NOT_OUTPUT. */
function checkMaker(entry: FilesDescription, context: ExecutorContext): void {
  if (entry.target === undefined) return;
  const { name, data } = projectNode(context, entry.project ?? context.projectName!, entry.place);
  const target = data.targets?.[entry.target];
  if (!target) {
    const hint = didYouMean(entry.target, Object.keys(data.targets ?? {}));
    throw new ProjectError('INGOT_TARGET_UNKNOWN', `project "${name}" has no target "${entry.target}"${hint}`, {
      place: entry.place,
      help: `its targets: ${Object.keys(data.targets ?? {}).join(', ') || 'none'}`,
    });
  }
  const outputs = target.outputs?.map((output) =>
    interpolated(output, data.root, name, target.options as object | undefined),
  );
  const from = entry.from.startsWith(WORKSPACE)
    ? entry.from.slice(WORKSPACE.length)
    : posix.join(data.root, entry.from);
  if (!outputs || outputs.some((output) => covers(output, from))) return;
  throw new ProjectError('INGOT_IMAGE_NOT_OUTPUT', `"${entry.from}" is no output of ${name}:${entry.target}`, {
    place: entry.place,
    help: `Nx would not notice when it changes; its outputs are ${target.outputs?.join(', ') || 'none'}`,
  });
}

/** Nx's tokens in an output; undefined for an option that is not set. */
function interpolated(output: string, root: string, name: string, options: object | undefined): string {
  return posix.normalize(
    output
      .replaceAll('{workspaceRoot}/', '')
      .replaceAll('{projectRoot}', root)
      .replaceAll('{projectName}', name)
      .replaceAll(/\{options\.([^}]+)\}/g, (_, key: string) =>
        String((options as Record<string, unknown>)?.[key] ?? '\0'),
      ),
  );
}

/** Whether either path begins with the other, up to the first wildcard. */
function covers(output: string, from: string): boolean {
  const a = fixed(output);
  const b = fixed(from);
  return a === '' || b === '' || `${b}/`.startsWith(`${a}/`) || `${a}/`.startsWith(`${b}/`);
}

function fixed(path: string): string {
  const segments = path.split('/');
  const wild = segments.findIndex((segment) => /[*?[\]{}!()]/.test(segment));
  return (wild < 0 ? segments : segments.slice(0, wild)).join('/').replace(/\/$/, '');
}

function report(description: ImageDescription, result: ImageResult, time: number): string {
  const platforms = result.platforms.map(({ platform, size }) => `${platform} ${formatBytes(size)}`);
  const inherited = result.inherited.reduce((sum, { size }) => sum + size, 0);
  const shared = inherited > 0 ? `, of which ${formatBytes(inherited)} from ${description.from!.source}` : '';
  return `${result.name}:${result.version}  ${result.digest}\n  ${platforms.join(', ')}${shared}, in ${formatDuration(time)}\n`;
}
