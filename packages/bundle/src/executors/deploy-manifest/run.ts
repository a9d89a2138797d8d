import { rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { checkOptions, projectNode, type RunOne } from '@ingot/workspace';
import { manifestNames, type Manifests } from '../../deploy/manifests.ts';
import type { PushedImage } from '../../deploy/pushed-reference.ts';

/** The options of the executor @ingot/bundle:deploy-manifest. */
export interface DeployManifestOptions {
  readonly file?: string;
  /** What the push left. Default: {projectRoot}/dist/push.json. */
  readonly pushResult?: string;
}

/** Writes the manifests that name what was pushed by its digest, and prints them. Throws what is wrong. */
export const runDeployManifest: RunOne<DeployManifestOptions> = async (options, context) => {
  checkOptions(options, { file: undefined, pushResult: undefined });
  const { pushedReference } = await import('../../deploy/pushed-reference.ts');
  const { writeManifest } = await import('../../deploy/write-manifest.ts');
  const { root, targets = {} } = projectNode(context, context.projectName!).data;
  const push = Object.keys(targets).find((name) => targets[name]?.executor === '@ingot/bundle:push') ?? 'push';
  const folder = join(context.root, root);
  const file = join(folder, options.file ?? 'bundle.yaml');
  const image = await pushedReference(
    join(folder, options.pushResult ?? 'dist/push.json'),
    `${context.projectName}:${push}`,
  );
  const { manifests, help } = await manifestsOf(file, image);
  // What an earlier run wrote, and this one does not, must not be applied.
  const others = manifestNames.filter((name) => manifests.every((manifest) => manifest.name !== name));
  for (const name of others) await rm(join(folder, 'dist', name), { force: true });
  const written: string[] = [];
  for (const { name, text } of manifests) {
    const path = join(folder, 'dist', name);
    await writeManifest(path, text);
    written.push(`# ${relative(context.root, path)}\n${text}`);
  }
  return { success: true, terminalOutput: [...written, ...help].join('\n') };
};

async function manifestsOf(file: string, image: PushedImage): Promise<Manifests> {
  const { kindOf } = await import('../../push/kinds.ts');
  if ((await kindOf(file)) === 'catalog') {
    const { catalogManifests } = await import('../../deploy/catalog-manifests.ts');
    return catalogManifests(file, image);
  }
  const { bundleManifests } = await import('../../deploy/manifests.ts');
  return bundleManifests(file, image);
}
