import { join } from 'node:path';
import { checkMaker, folderOf } from '@ingot/oci';
import {
  checkOptions,
  formatBytes,
  formatDuration,
  imageOutput,
  projectNode,
  sourceDateEpoch,
  type RunOne,
} from '@ingot/workspace';
import type { BundleResult } from '../../assemble/build.ts';
import { checkOutputPath } from '../output-path.ts';

/** The options of the executor @ingot/bundle:bundle. */
export interface BundleOptions {
  readonly file?: string;
  readonly outputPath?: string;
  /** What repositories of images without a registry are below. */
  readonly registry?: string;
}

/** Assembles the bundle of the context's project. Throws what is wrong. */
export const runBundle: RunOne<BundleOptions> = async (options, context) => {
  const started = performance.now();
  checkOptions(options, { file: undefined, outputPath: undefined, registry: undefined });
  checkOutputPath(options.outputPath, 'bundle');
  const { readBundleFile } = await import('../../description/bundle.ts');
  const { buildBundle } = await import('../../assemble/build.ts');
  const { imagesOf } = await import('../../assemble/images.ts');
  const { root } = projectNode(context, context.projectName!).data;
  const description = await readBundleFile(join(context.root, root, options.file ?? 'bundle.yaml'));
  for (const file of [...description.files, ...(description.registry?.metadata ?? [])]) checkMaker(file, context);
  const result = await buildBundle(description, {
    ...imageOutput(context.root, root, { outputPath: options.outputPath ?? '{projectRoot}/dist/bundle' }),
    workspaceRoot: context.root,
    time: sourceDateEpoch() ?? 0,
    folderOf: (file) => folderOf(file, context),
    images: imagesOf(context, options.registry),
  });
  return { success: true, terminalOutput: report(result, performance.now() - started) };
};

function report({ name, version, digest, platforms, bundle }: BundleResult, time: number): string {
  const size = platforms.reduce((sum, each) => sum + each.size, 0);
  const images = bundle.images.map(({ project, reference }) => `  project:${project} is ${reference}`);
  return [
    `${name}:${version}  ${digest}`,
    ...images,
    `  ${bundle.format}, ${formatBytes(size)}, in ${formatDuration(time)}`,
    '',
  ].join('\n');
}
