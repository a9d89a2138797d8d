export { IsoError } from './error.ts';
export { openIso } from './read/open.ts';
export type { IsoImage, OpenIsoOptions } from './read/open.ts';
export type { IsoEntry, IsoExtent, IsoView } from './read/entry.ts';
export type { IsoRange } from './read/content.ts';
export type { IsoLimits } from './read/limits.ts';
export { inMemory } from './read/random-access.ts';
export type { RandomAccess } from './read/random-access.ts';
export type { VolumeDescriptor } from './read/volume-descriptor.ts';
export { checkMd5 } from './isomd5/check.ts';
export type { MediaCheck, MediaCheckOptions } from './isomd5/check.ts';
export { implantMd5 } from './isomd5/implant.ts';
export type { ImplantOptions } from './isomd5/implant.ts';
export { MediaSum } from './isomd5/media-sum.ts';
export { APPLICATION_USE } from './isomd5/application-use.ts';
export { extract } from './extract/extract.ts';
export type { Extracted, ExtractOptions } from './extract/extract.ts';
export { planIso } from './plan/plan-iso.ts';
export type {
  IsoContent,
  IsoDirectoryInput,
  IsoFileInput,
  IsoInput,
  IsoPlanOptions,
  IsoSymlinkInput,
} from './plan/input.ts';
export type { IsoPlan, IsoPlanExtent, IsoPlanFile } from './plan/plan.ts';
export { isoBytes } from './write/iso-bytes.ts';
export { writeIso } from './write/write-iso.ts';
export type { WriteIsoOptions, WrittenIso } from './write/write-iso.ts';
