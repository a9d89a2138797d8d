import { dirname, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TargetConfiguration } from '@nx/devkit';

type Input = NonNullable<TargetConfiguration['inputs']>[number];

export interface PluginInputsOptions {
  /** `import.meta.url` of the plugin's src/plugin.ts (dist/plugin.js). */
  readonly url: string;
  /** Its package, which is an external node of the graph where it is installed. */
  readonly packageName: string;
  readonly workspaceRoot: string;
  /** Run from source: folders beside the plugin's own package whose sources make the output, too. */
  readonly siblings: readonly string[];
  /** Run from source: the npm packages that make bytes of the output. */
  readonly libraries: readonly string[];
}

/**
 * The inputs that make a target run again when the plugin itself changes. Installed, the package; run from TypeScript
 * source, the sources, where they lie in this workspace. It always names external dependencies, since without that Nx
 * takes the whole lock file as an input.
 */
export function pluginInputs(options: PluginInputsOptions): Input[] {
  const plugin = fileURLToPath(options.url);
  if (!plugin.endsWith('.ts')) return [{ externalDependencies: [options.packageName] }];
  const packageRoot = relative(options.workspaceRoot, dirname(dirname(plugin)))
    .split(sep)
    .join('/');
  if (packageRoot.startsWith('..')) return [{ externalDependencies: [] }];
  const packages = dirname(packageRoot);
  const own = packageRoot.slice(packages.length + 1);
  return [
    ...[own, ...options.siblings].flatMap((name) => [
      `{workspaceRoot}/${packages}/${name}/src/**/*.ts`,
      `!{workspaceRoot}/${packages}/${name}/src/**/*.test.ts`,
    ]),
    `{workspaceRoot}/${packageRoot}/schema/**/*.json`,
    { externalDependencies: [...options.libraries] },
  ];
}
