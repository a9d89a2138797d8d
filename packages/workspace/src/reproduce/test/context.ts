import type { ExecutorContext, TargetConfiguration } from '@nx/devkit';
import type { NxWorkspace } from '../../../../../tools/nx-workspace.ts';

/** What Nx gives an executor of the project `name`, as far as `reproduce` looks. */
export function contextOf(
  workspace: Pick<NxWorkspace, 'root'>,
  name: string,
  targets: Record<string, TargetConfiguration>,
): ExecutorContext {
  const data = { root: name, targets };
  return {
    root: workspace.root,
    cwd: workspace.root,
    isVerbose: false,
    projectName: name,
    projectsConfigurations: { version: 2, projects: { [name]: data } },
    nxJsonConfiguration: {},
    projectGraph: { nodes: { [name]: { name, type: 'app', data } }, dependencies: {} },
  };
}
