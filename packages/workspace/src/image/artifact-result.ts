import { readFile } from 'node:fs/promises';
import type { ExecutorContext, ProjectGraphProjectNode } from '@nx/devkit';
import { ProjectError, type Place } from '../error.ts';
import { optionPath } from '../run/option-path.ts';
import { projectNode, type ImageOutput, type ProjectImageOptions } from './result.ts';

/** The executor whose output this file knows how to find. */
const ARTIFACT_EXECUTOR = '@ingot/oci:artifact';

/** What a push gives tags: each tag of the push, with `suffix` behind it. */
export interface ArtifactRoot {
  readonly suffix: '' | '-kernel' | '-ramdisk';
  readonly role: 'artifact' | 'index' | 'kernel' | 'ramdisk';
  readonly mediaType: string;
  readonly digest: string;
  /** Of the root's own bytes. */
  readonly size: number;
}

/** A file of an artifact; one that is in several manifests is there several times. */
export interface ArtifactResultFile {
  readonly title: string;
  readonly mediaType: string;
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
  /** The digest of the manifest that it is in. */
  readonly manifest: string;
  readonly role: 'file' | 'disk' | 'kernel' | 'ramdisk';
  /** os/architecture[/variant]. */
  readonly platform?: string;
  /** Of a disk: qcow2, qemu, raw, applehv. */
  readonly disktype?: string;
}

/** `artifact.json`: what an `artifact` target made. Small, so that dependents can take it as their input. */
export interface ArtifactResult {
  readonly ingot: 'artifact-result/v1';
  readonly name: string;
  readonly version: string;
  /** The artifact itself first (suffix ''), where there is one: a kernel and a ramdisk can be alone. Never empty. */
  readonly roots: readonly ArtifactRoot[];
  readonly files: readonly ArtifactResultFile[];
  /** The name of the secret that Ironic needs to pull the disks; never the secret. */
  readonly imagePullSecret?: string;
}

export interface ProjectArtifact extends ImageOutput {
  readonly result: ArtifactResult;
  readonly project: ProjectGraphProjectNode;
  readonly targetName: string;
}

/**
 * Where an `artifact` target with these options writes: `outputPath` (default `{projectRoot}/dist/artifact`), a whole
 * OCI layout, and beside it the result, `<outputPath>.json`.
 */
export function artifactOutput(
  workspaceRoot: string,
  projectRoot: string,
  options: { outputPath?: string },
): ImageOutput {
  const layoutDir = optionPath(options.outputPath ?? '{projectRoot}/dist/artifact', workspaceRoot, projectRoot);
  return { layoutDir, resultFile: `${layoutDir}.json` };
}

/** The name of a project's target that makes an artifact. */
export function artifactTargetOf(project: ProjectGraphProjectNode): string | undefined {
  const targets = Object.entries(project.data.targets ?? {});
  return targets.find(([, target]) => target.executor === ARTIFACT_EXECUTOR)?.[0];
}

/**
 * The artifact that a project's `artifact` target has made.
 * Throws ProjectError INGOT_PROJECT_UNKNOWN, INGOT_PROJECT_NO_ARTIFACT, INGOT_ARTIFACT_NOT_BUILT, INGOT_ARTIFACT_RESULT.
 */
export async function projectArtifact(
  context: ExecutorContext,
  projectName: string,
  options: ProjectImageOptions = {},
): Promise<ProjectArtifact> {
  const project = projectNode(context, projectName, options.place);
  const targetName = options.targetName ?? artifactTargetOf(project);
  const target = targetName === undefined ? undefined : project.data.targets?.[targetName];
  if (targetName === undefined || target === undefined) {
    throw new ProjectError('INGOT_PROJECT_NO_ARTIFACT', `project "${projectName}" has no artifact target`, {
      ...(options.place ? { place: options.place } : {}),
      help: `add an artifact.yaml to ${project.data.root}, or name another project`,
    });
  }
  const output = artifactOutput(context.root, project.data.root, (target.options ?? {}) as { outputPath?: string });
  const task = `${projectName}:${targetName}`;
  return { ...output, project, targetName, result: await readArtifactResult(output.resultFile, task, options.place) };
}

/**
 * Reads an artifact.json. Throws ProjectError INGOT_ARTIFACT_NOT_BUILT where there is none, INGOT_ARTIFACT_RESULT where
 * it is not what this version writes.
 * @param task `project:target` that makes it, for errors
 */
export async function readArtifactResult(file: string, task: string, place?: Place): Promise<ArtifactResult> {
  const facts = { path: file, ...(place ? { place } : {}), help: `run \`nx run ${task}\`` };
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    const message = `the artifact of ${task} is not built: ${file} is missing`;
    throw new ProjectError('INGOT_ARTIFACT_NOT_BUILT', message, facts);
  }
  const result = parseResult(text);
  if (result) return result;
  throw new ProjectError('INGOT_ARTIFACT_RESULT', `${file} is not an artifact result that this version reads`, {
    ...facts,
    help: `run \`nx run ${task} --skip-nx-cache\``,
  });
}

function parseResult(text: string): ArtifactResult | undefined {
  try {
    const value = JSON.parse(text) as Partial<ArtifactResult> | null;
    const complete =
      value?.ingot === 'artifact-result/v1' &&
      [value.name, value.version].every((each) => typeof each === 'string') &&
      (value.imagePullSecret === undefined || typeof value.imagePullSecret === 'string') &&
      isBlobs(value.roots, ['suffix', 'role']) &&
      value.roots.length > 0 &&
      isBlobs(value.files, ['title', 'manifest', 'role']);
    return complete ? (value as ArtifactResult) : undefined;
  } catch {
    return undefined;
  }
}

/** A list of maps that have a digest, size and media type, and texts of these names. */
function isBlobs(value: unknown, texts: readonly string[]): value is readonly unknown[] {
  if (!Array.isArray(value)) return false;
  return value.every((each: unknown) => {
    const blob = each as Readonly<Record<string, unknown>> | null;
    const named = ['mediaType', 'digest', ...texts].every((name) => typeof blob?.[name] === 'string');
    return named && typeof blob?.['size'] === 'number';
  });
}
