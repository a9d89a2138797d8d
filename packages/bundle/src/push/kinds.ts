import { describePush, openPushable, type PushedKind } from '@ingot/oci';
import { claimOf, isOurKind, projectNode } from '@ingot/workspace';
import { readFile } from 'node:fs/promises';
import type { ExecutorContext } from '@nx/devkit';
import { openBundleFile } from '../description/bundle.ts';

const executors = { bundle: '@ingot/bundle:bundle', catalog: '@ingot/bundle:catalog' } as const;

type Kind = keyof typeof executors;

/** What bundle.yaml and catalog.yaml describe, each pushed as the image that it is. */
export const bundleOrCatalog: PushedKind = {
  file: 'bundle.yaml',
  async read(path, defaults) {
    const { openCatalogFile } = await import('../catalog/description.ts');
    const file = (await kindOf(path)) === 'catalog' ? await openCatalogFile(path) : await openBundleFile(path);
    return describePush(file, 'image', defaults);
  },
  async open({ kind, file }, context) {
    return openPushable({ kind }, context, { targetName: targetOf(await kindOf(file), context) });
  },
};

/** By the first key; a file that says neither counts as a bundle, whose reader reports it. */
export async function kindOf(path: string): Promise<Kind> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return isOurKind(claimOf(text), 'catalog') ? 'catalog' : 'bundle';
}

/** The name of the project's target that makes a bundle or a catalog. */
export function targetOf(kind: Kind, context: ExecutorContext): string {
  const { targets = {} } = projectNode(context, context.projectName!).data;
  return Object.keys(targets).find((name) => targets[name]?.executor === executors[kind]) ?? kind;
}
