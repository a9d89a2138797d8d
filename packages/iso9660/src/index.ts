export { IsoError } from './error.ts';
export { openIso } from './read/open.ts';
export type { IsoImage, OpenIsoOptions } from './read/open.ts';
export type { IsoEntry, IsoExtent, IsoView } from './read/entry.ts';
export type { IsoRange } from './read/content.ts';
export type { IsoLimits } from './read/limits.ts';
export { inMemory } from './read/random-access.ts';
export type { RandomAccess } from './read/random-access.ts';
export type { VolumeDescriptor } from './read/volume-descriptor.ts';
