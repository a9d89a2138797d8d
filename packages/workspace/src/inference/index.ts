/** What plugins load at every Nx command: nothing here imports the YAML parser, Ajv or Ingot's other packages. */
export { plainYaml, projectFacts } from './facts.ts';
export type { FactsOptions, ProjectFacts } from './facts.ts';
export { openCache, workspaceDataFolder } from './cache.ts';
export type { InferenceCache } from './cache.ts';
export { targetNames } from './target-names.ts';
export { pluginInputs } from './plugin-inputs.ts';
export type { PluginInputsOptions } from './plugin-inputs.ts';
export { clashes } from './clashes.ts';
export type { ClashOptions } from './clashes.ts';
export { circularNeeds, dependencyEdges } from './edges.ts';
export { nameOf, projectName } from './project-name.ts';
export { sourcePath } from './source-path.ts';
export { lockedReferences, lockInputs, referenceToLock } from './locked.ts';
export type { Locked } from './locked.ts';
export { ProjectError, throwErrors } from '../error.ts';
export type { Place } from '../error.ts';
export { formatError } from '../report/format-error.ts';
export { checkPluginOptions } from './plugin-options.ts';
