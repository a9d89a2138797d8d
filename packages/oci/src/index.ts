export { buildImage } from './image/build.ts';
export type { BuildOptions } from './image/build.ts';
export { openBase, selectBase } from './image/base.ts';
export type { OpenBase, OpenPlatform } from './image/base.ts';
export { imageSchema, readImageFile } from './image/description.ts';
export type { FilesDescription, ImageDefaults, ImageDescription, LayerDescription } from './image/description.ts';
export { buildDockerfile } from './dockerfile/build.ts';
export type { DockerfileImage, DockerfileOptions } from './dockerfile/build.ts';
export type { DockerfileDescription, EngineName, SecretDescription } from './dockerfile/description.ts';
