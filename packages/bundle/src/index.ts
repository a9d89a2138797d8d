export { bundleSchema, readBundleFile } from './description/bundle.ts';
export type { BundleDescription, DeployDescription, RegistryDescription } from './description/bundle.ts';
export { bundleFormats, consumers, consumersOf } from './formats.ts';
export type { BundleFormat, Consumer } from './formats.ts';

export { buildBundle } from './assemble/build.ts';
export type { BuildBundleOptions, BundleResult } from './assemble/build.ts';
export { bundleDeployment } from './deploy/bundle-deployment.ts';
export type { BundleDeployment } from './deploy/deploy-problems.ts';
export { pullSecretHelp } from './deploy/pull-secret.ts';
