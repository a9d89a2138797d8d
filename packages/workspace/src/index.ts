export { ProjectError, throwErrors } from './error.ts';
export type { Place, ProjectErrorFacts } from './error.ts';
export { didYouMean, nearest } from './nearest.ts';

export { parseProjectFile } from './project-file/parse.ts';
export type { ParseOptions, ProjectFile } from './project-file/parse.ts';
export type { Path } from './project-file/tree.ts';
export type { Schema } from './project-file/schema.ts';
export { withPlace } from './project-file/with-place.ts';
export { claimOf, isOurKind } from './project-file/claim.ts';
export type { Claim } from './project-file/claim.ts';

export { formatError } from './report/format-error.ts';
export type { FormatErrorOptions } from './report/format-error.ts';
export { formatBytes, formatDuration } from './report/format-bytes.ts';
export type { Finding, Level } from './report/finding.ts';
export { formatFinding, formatVerdict, printable } from './report/verdict.ts';
export { progress } from './report/progress.ts';
export type { Progress, ProgressOptions, ProgressStream } from './report/progress.ts';

export { executor } from './run/outcome.ts';
export type { Outcome, RunOne } from './run/outcome.ts';
export { checkOptions } from './run/options.ts';
export { interruptible } from './run/interruptible.ts';
export { optionPath, workspacePath } from './run/option-path.ts';
export { BuildLog } from './run/build-log.ts';
export { runProgram } from './run/program.ts';
export type { Ended, ProgramOptions } from './run/program.ts';
export { sourceDateEpoch } from './run/source-date-epoch.ts';
export { generator } from './run/generator.ts';
export { batch } from './run/batch.ts';
export type { BatchTaskResult } from './run/batch.ts';

export { imageOutput, imageTargetOf, projectImage, projectNode, readImageResult } from './image/result.ts';
export { artifactOutput, artifactTargetOf, projectArtifact, readArtifactResult } from './image/artifact-result.ts';
export type { ArtifactResult, ArtifactResultFile, ArtifactRoot, ProjectArtifact } from './image/artifact-result.ts';
export { fetcherFor } from './image/fetcher.ts';
export type { ImageOutput, ImageResult, InheritedBlob, ProjectImage, ProjectImageOptions } from './image/result.ts';

export { conflictMark } from './lock/conflict-marks.ts';
export { formatLock, keyOf, LOCK_FILE, parseLock, readLock } from './lock/lock-file.ts';
export type { Lock, LockedBlob, LockedImage } from './lock/lock-file.ts';
export { lockImage } from './lock/lock-image.ts';
export { pluginOptions, registriesOf } from './registry/session.ts';
export type { RegistryContext } from './registry/session.ts';
export { openRegistryImage, registryFetcher } from './registry/registry-image.ts';
export type { RegistryImage } from './registry/registry-image.ts';
