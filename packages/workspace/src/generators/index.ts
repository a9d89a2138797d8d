/** What generators of the plugins share. It loads Nx, and so nothing else may load it: the bin `ingot` has no Nx. */
export { initGenerator } from './init-generator.ts';
export type { InitOptions } from './init-generator.ts';
