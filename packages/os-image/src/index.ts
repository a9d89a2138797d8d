export { osImageSchema, readOsImageFile } from './description/read.ts';
export { versionOf } from './description/version.ts';
export { formats } from './description/formats.ts';
export type { Format } from './description/formats.ts';
export type { Architecture, OsImageDescription } from './description/description.ts';

export { buildRootfs } from './rootfs/build.ts';
export type { RootfsOptions } from './rootfs/build.ts';
export type { RootfsSources } from './rootfs/builder.ts';
export type { RootfsArchitecture, RootfsFile, RootfsResult } from './rootfs/result.ts';
export { lockPackages } from './lock/lock-packages.ts';
export type { LockOptions, LockUpdate } from './lock/lock-packages.ts';

export { makerOf } from './format/make.ts';
export type { FormatInput, FormatResult, MakeFormat } from './format/format.ts';
export { verifyFormat } from './verify/verify.ts';
export type { Finding } from './verify/finding.ts';
export { publishMetalStack } from './publish/publish.ts';
export { bootImage } from './boot/boot.ts';
export type { BootInput, Way } from './boot/context.ts';
export type { BootReport } from './boot/report.ts';
