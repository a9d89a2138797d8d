import { stat } from 'node:fs/promises';
import { relative } from 'node:path';
import type { Descriptor, Fetcher, Located } from '@ingot/content';
import {
  checkOptions,
  fetcherFor,
  formatBytes,
  formatDuration,
  optionPath,
  projectImage,
  projectNode,
  type ImageResult,
  type Outcome,
} from '@ingot/workspace';
import type { ExecutorContext } from '@nx/devkit';

export type ExportFormat = 'oci' | 'oci-archive' | 'docker-archive';

/** The options of the executor @ingot/oci:export. */
export interface ExportOptions {
  readonly format?: ExportFormat;
  readonly output?: string;
  readonly platform?: string;
  readonly imageTarget?: string;
}

const endings: Readonly<Record<ExportFormat, string>> = {
  oci: '',
  'oci-archive': '.oci.tar',
  'docker-archive': '.docker.tar',
};

/** Writes the image of the context's project, complete, for other tools. Throws what is wrong. */
export async function runExport(options: ExportOptions, context: ExecutorContext): Promise<Outcome> {
  const started = performance.now();
  checkOptions(options, {
    format: Object.keys(endings),
    output: undefined,
    platform: undefined,
    imageTarget: undefined,
  });
  const name = context.projectName!;
  const named = options.imageTarget === undefined ? {} : { targetName: options.imageTarget };
  const { result } = await projectImage(context, name, named);
  const fetcher = await fetcherFor(context, name, named);
  const root = await rootFor(result, fetcher, options.platform);
  const format = options.format ?? 'oci-archive';
  const output = outputFile(result, format, options.output, projectNode(context, name).data.root, context.root);
  await write(format, root, fetcher, output, result);

  const { size } = await stat(output);
  const bytes = format === 'oci' ? '' : `, ${formatBytes(size)}`;
  const time = formatDuration(performance.now() - started);
  return { success: true, terminalOutput: `${relative(context.root, output)}  ${format}${bytes}, in ${time}\n` };
}

async function rootFor(result: ImageResult, fetcher: Fetcher, platform: string | undefined): Promise<Descriptor> {
  const { mediaType, digest, size } = result;
  const root = { mediaType, digest, size };
  if (platform === undefined) return root;
  const { parsePlatform, selectPlatform } = await import('@ingot/content');
  return selectPlatform(fetcher, root, parsePlatform(platform));
}

/** Absolute. */
function outputFile(
  result: ImageResult,
  format: ExportFormat,
  output: string | undefined,
  projectRoot: string,
  workspaceRoot: string,
): string {
  const name = `${result.name.replaceAll('/', '-')}-${result.version}${endings[format]}`;
  return optionPath(output ?? `{projectRoot}/dist/${name}`, workspaceRoot, projectRoot);
}

async function write(
  format: ExportFormat,
  root: Descriptor,
  fetcher: Fetcher & Located,
  output: string,
  { name, version }: ImageResult,
): Promise<void> {
  const { exportDockerArchive, exportLayout, exportOciArchive } = await import('@ingot/content');
  if (format === 'oci') await exportLayout(root, fetcher, output, { reference: version });
  else if (format === 'oci-archive') await exportOciArchive(root, fetcher, output, { reference: version });
  else await exportDockerArchive(root, fetcher, output, { reference: `${name}:${version}` });
}
