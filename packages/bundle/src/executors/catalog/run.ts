import { join } from 'node:path';
import { checkOptions, formatDuration, imageOutput, projectNode, sourceDateEpoch, type RunOne } from '@ingot/workspace';
import type { CatalogResult } from '../../catalog/build.ts';
import { checkOutputPath } from '../output-path.ts';

/** The options of the executor @ingot/bundle:catalog. */
export interface CatalogOptions {
  readonly file?: string;
  readonly outputPath?: string;
  /** What repositories of bundles without a registry are below. */
  readonly registry?: string;
  /** What ingot.lock pins, for Nx's hash; the build reads the lock itself. */
  readonly locked?: readonly string[];
}

/** Makes the catalog of the context's project. Throws what is wrong. */
export const runCatalog: RunOne<CatalogOptions> = async (options, context) => {
  const started = performance.now();
  checkOptions(options, { file: undefined, outputPath: undefined, registry: undefined, locked: undefined });
  checkOutputPath(options.outputPath, 'catalog');
  const { readCatalogFile } = await import('../../catalog/description.ts');
  const { buildCatalog } = await import('../../catalog/build.ts');
  const { openBundle } = await import('../../catalog/open-bundle.ts');
  const { root } = projectNode(context, context.projectName!).data;
  const description = await readCatalogFile(join(context.root, root, options.file ?? 'catalog.yaml'));
  const result = await buildCatalog(description, {
    ...imageOutput(context.root, root, { outputPath: options.outputPath ?? '{projectRoot}/dist/catalog' }),
    time: sourceDateEpoch() ?? 0,
    open: (index) => openBundle(description, index, context, options.registry),
  });
  return { success: true, terminalOutput: report(result, performance.now() - started) };
};

function report({ name, version, digest, catalog }: CatalogResult, time: number): string {
  const bundles = catalog.bundles.map(({ name, image }) => `  ${name}  ${image}`);
  return [`${name}:${version}  ${digest}`, ...bundles, `  in ${formatDuration(time)}`, ''].join('\n');
}
