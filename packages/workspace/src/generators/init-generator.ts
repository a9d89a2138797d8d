import type { GeneratorCallback, NxJsonConfiguration, Tree } from '@nx/devkit';

export interface InitOptions {
  readonly skipFormat?: boolean;
}

/**
 * The generator `init` of a plugin, which `nx add` runs: registers `plugins` in nx.json, each once. Where `packageName`
 * comes from a registry, @ingot/oci becomes a dependency of the same version: package managers that hoist nothing would
 * hide it.
 */
export function initGenerator(packageName: string, plugins: readonly string[]) {
  return async (tree: Tree, options: InitOptions = {}): Promise<GeneratorCallback> => {
    const { addDependenciesToPackageJson, formatFiles, readNxJson, updateNxJson } = await import('@nx/devkit');
    const nxJson = readNxJson(tree) ?? {};
    const missing = plugins.filter((plugin) => !isRegistered(nxJson, plugin));
    if (missing.length > 0) updateNxJson(tree, { ...nxJson, plugins: [...(nxJson.plugins ?? []), ...missing] });
    const range = rangeOf(packageName, tree);
    const install = range
      ? addDependenciesToPackageJson(tree, {}, { '@ingot/oci': range }, undefined, true)
      : () => undefined;
    if (!options.skipFormat) await formatFiles(tree);
    return install;
  };
}

function isRegistered({ plugins: registered = [] }: NxJsonConfiguration, plugin: string): boolean {
  return registered.some((each) => (typeof each === 'string' ? each : each.plugin) === plugin);
}

/** Of package.json; undefined where the package is not there, or comes from a file. */
function rangeOf(packageName: string, tree: Tree): string | undefined {
  if (!tree.exists('package.json')) return undefined;
  type Ranges = Readonly<Record<string, string>>;
  const { dependencies = {}, devDependencies = {} } = JSON.parse(tree.read('package.json', 'utf8')!) as {
    readonly dependencies?: Ranges;
    readonly devDependencies?: Ranges;
  };
  const range = devDependencies[packageName] ?? dependencies[packageName];
  return range !== undefined && /^[~^]?\d/.test(range) ? range : undefined;
}
