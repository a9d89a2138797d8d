import { formatFiles, readNxJson, updateNxJson, type Tree } from '@nx/devkit';

export interface InitOptions {
  readonly skipFormat?: boolean;
}

const PLUGIN = '@ingot/oci/plugin';

/** Registers the plugin in nx.json, once. `nx add @ingot/oci` runs it. */
export default async function init(tree: Tree, options: InitOptions = {}): Promise<void> {
  const nxJson = readNxJson(tree) ?? {};
  const plugins = nxJson.plugins ?? [];
  const registered = plugins.some((each) => (typeof each === 'string' ? each : each.plugin) === PLUGIN);
  if (!registered) updateNxJson(tree, { ...nxJson, plugins: [...plugins, PLUGIN] });
  if (!options.skipFormat) await formatFiles(tree);
}
