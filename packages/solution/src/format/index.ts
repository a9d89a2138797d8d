export { crdProblems } from './crd.ts';
export { renderJinja } from './jinja.ts';
export {
  crdsFolder,
  deployFolder,
  directoryVersion,
  imageFile,
  imageFolder,
  imagesFolder,
  manifestPath,
  registryConfigPath,
  reservedPlaceProblems,
  rolePath,
} from './layout.ts';
export { annotation, manifestApiVersion, manifestKind, manifestYaml } from './manifest.ts';
export type { ImageName, ManifestFacts } from './manifest.ts';
export { imageNameProblems, imageTagProblems, solutionNameProblems } from './name.ts';
export type { Problem } from './problem.ts';
export { registryConfig } from './registry-config.ts';
export type { RegistryImage } from './registry-config.ts';
export { roleProblems } from './role.ts';
export { solutionVersionProblems, volumeName } from './version.ts';
export { volumeId, volumeIdProblems } from './volume-id.ts';
