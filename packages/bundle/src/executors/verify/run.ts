import type { Descriptor, Fetcher } from '@ingot/content';
import {
  checkOptions,
  formatFinding,
  formatVerdict,
  projectImage,
  projectNode,
  type Finding,
  type RunOne,
} from '@ingot/workspace';
import type { BundleResult } from '../../assemble/build.ts';

/** The options of the executor @ingot/bundle:verify. */
export interface VerifyOptions {
  /** Also say which rules hold. */
  readonly all?: boolean;
}

/** Applies the unpackers' rules to what the project has made: findings in the order of the rules; errors fail. */
export const runVerify: RunOne<VerifyOptions> = async (options, context) => {
  checkOptions(options, { all: ['true', 'false'] });
  const { LayoutStore } = await import('@ingot/content');
  const { targetOf } = await import('../../push/kinds.ts');
  const { data } = projectNode(context, context.projectName!);
  const executors = Object.values(data.targets ?? {}).map(({ executor }) => executor);
  const kind = executors.includes('@ingot/bundle:bundle') ? 'bundle' : 'catalog';
  const targetName = targetOf(kind, context);
  const { result, layoutDir } = await projectImage(context, context.projectName!, { targetName });
  const store = new LayoutStore(layoutDir);
  const { mediaType, digest, size } = result;
  const root = { mediaType, digest, size };
  const findings =
    kind === 'bundle' ? await ofBundle(result as BundleResult, store, root) : await ofCatalog(store, root);
  const shown = findings.filter(({ level }) => options.all === true || level !== 'ok');
  return {
    success: findings.every(({ level }) => level !== 'error'),
    terminalOutput: [`${result.name}:${result.version}`, ...shown.map(formatFinding), formatVerdict(findings), ''].join(
      '\n',
    ),
  };
};

async function ofBundle({ bundle }: BundleResult, store: Fetcher, root: Descriptor): Promise<Finding[]> {
  const { verifyImage } = await import('../../verify/verify-image.ts');
  return verifyImage(store, root, bundle);
}

async function ofCatalog(store: Fetcher, root: Descriptor): Promise<Finding[]> {
  const { verifyCatalogImage } = await import('../../catalog/verify-image.ts');
  return verifyCatalogImage(store, root);
}
