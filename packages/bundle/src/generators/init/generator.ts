import { addDependenciesToPackageJson, formatFiles, readJson, readNxJson, updateNxJson } from '@nx/devkit';
import type { GeneratorCallback, NxJsonConfiguration, Tree } from '@nx/devkit';

export interface InitOptions {
  readonly skipFormat?: boolean;
}

/** A bundle names images of the workspace, which image.yaml describes. */
const plugins = ['@ingot/oci/plugin', '@ingot/bundle/plugin'];

/**
 * Registers the plugins in nx.json, each once; `nx add @ingot/bundle` runs it. Where @ingot/bundle comes from a
 * registry, @ingot/oci becomes a dependency of the same version: package managers that hoist nothing would hide it.
 */
export default async function init(tree: Tree, options: InitOptions = {}): Promise<GeneratorCallback> {
  const nxJson = readNxJson(tree) ?? {};
  const missing = plugins.filter((plugin) => !isRegistered(nxJson, plugin));
  if (missing.length > 0) updateNxJson(tree, { ...nxJson, plugins: [...(nxJson.plugins ?? []), ...missing] });
  const install = addOci(tree);
  if (!options.skipFormat) await formatFiles(tree);
  return install;
}

function isRegistered({ plugins: registered = [] }: NxJsonConfiguration, plugin: string): boolean {
  return registered.some((each) => (typeof each === 'string' ? each : each.plugin) === plugin);
}

interface PackageJson {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

function addOci(tree: Tree): GeneratorCallback {
  if (!tree.exists('package.json')) return () => {};
  const { dependencies = {}, devDependencies = {} } = readJson<PackageJson>(tree, 'package.json');
  const range = devDependencies['@ingot/bundle'] ?? dependencies['@ingot/bundle'];
  if (range === undefined || !/^[~^]?\d/.test(range)) return () => {};
  return addDependenciesToPackageJson(tree, {}, { '@ingot/oci': range }, undefined, true);
}
