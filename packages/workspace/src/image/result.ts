import { readFile } from 'node:fs/promises';
import type { ExecutorContext, ProjectGraphProjectNode } from '@nx/devkit';
import { ProjectError, type Place } from '../error.ts';
import { didYouMean } from '../nearest.ts';
import { optionPath } from '../run/option-path.ts';

/** The executors whose output this file knows how to find; the first counts where a project has both. */
const IMAGE_EXECUTORS = ['@ingot/oci:image', '@ingot/os-image:image', '@ingot/bundle:bundle', '@ingot/bundle:catalog'];

/** A blob that the image has from its base: it is not in the image's own layout. */
export interface InheritedBlob {
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
  readonly mediaType: string;
  /** Where to find it: `project:base`, or a source with a path relative to the workspace's root. */
  readonly source: string;
}

/** `image.json`: what an `image` target made. Small, so that dependents can take it as their input. */
export interface ImageResult {
  readonly ingot: 'image-result/v1';
  readonly name: string;
  readonly version: string;
  /** Of the root: a manifest, or an index of several platforms. */
  readonly mediaType: string;
  readonly digest: string;
  /** Of the root's own bytes. */
  readonly size: number;
  /** A manifest each; size: config and layers together, in bytes. */
  readonly platforms: readonly { readonly platform: string; readonly digest: string; readonly size: number }[];
  readonly inherited: readonly InheritedBlob[];
  /**
   * Where the project file says that it is pushed to: with their registry, or below nx.json's. Absent: nowhere. With the
   * digest they name the image before it is pushed.
   */
  readonly repositories?: readonly string[];
}

/** Where an image lies. Absolute paths. */
export interface ImageOutput {
  readonly layoutDir: string;
  readonly resultFile: string;
}

/**
 * Where an `image` target with these options writes: `outputPath` (default `{projectRoot}/dist/image`), and beside it
 * the result, `<outputPath>.json`.
 */
export function imageOutput(workspaceRoot: string, projectRoot: string, options: { outputPath?: string }): ImageOutput {
  const layoutDir = optionPath(options.outputPath ?? '{projectRoot}/dist/image', workspaceRoot, projectRoot);
  return { layoutDir, resultFile: `${layoutDir}.json` };
}

export interface ProjectImage extends ImageOutput {
  readonly result: ImageResult;
  readonly project: ProjectGraphProjectNode;
  readonly targetName: string;
}

export interface ProjectImageOptions {
  /** Default: the project's target whose executor makes an image. */
  readonly targetName?: string;
  /** Where the project was named, for errors. */
  readonly place?: Place;
}

/**
 * The image that another project's `image` target has built.
 * Throws ProjectError INGOT_PROJECT_UNKNOWN, INGOT_PROJECT_NO_IMAGE, INGOT_IMAGE_NOT_BUILT, INGOT_IMAGE_RESULT.
 */
export async function projectImage(
  context: ExecutorContext,
  projectName: string,
  options: ProjectImageOptions = {},
): Promise<ProjectImage> {
  const project = projectNode(context, projectName, options.place);
  const targetName = options.targetName ?? imageTargetOf(project);
  const target = targetName === undefined ? undefined : project.data.targets?.[targetName];
  if (targetName === undefined || target === undefined) {
    throw new ProjectError('INGOT_PROJECT_NO_IMAGE', `project "${projectName}" has no image target`, {
      ...(options.place ? { place: options.place } : {}),
      help: `add an image.yaml to ${project.data.root}, or name another project`,
    });
  }
  const output = imageOutput(context.root, project.data.root, (target.options ?? {}) as { outputPath?: string });
  const task = `${projectName}:${targetName}`;
  return { ...output, project, targetName, result: await readImageResult(output.resultFile, task, options.place) };
}

/** A project of the graph by its exact name. Throws ProjectError INGOT_PROJECT_UNKNOWN with the nearest name. */
export function projectNode(context: ExecutorContext, name: string, place?: Place): ProjectGraphProjectNode {
  const node = Object.hasOwn(context.projectGraph.nodes, name) ? context.projectGraph.nodes[name] : undefined;
  if (node) return node;
  const hint = didYouMean(name, Object.keys(context.projectGraph.nodes));
  throw new ProjectError('INGOT_PROJECT_UNKNOWN', `no project "${name}"${hint}`, {
    ...(place ? { place } : {}),
    help: '`nx show projects` lists the projects of this workspace',
  });
}

/** The name of a project's target that makes an image. */
export function imageTargetOf(project: ProjectGraphProjectNode): string | undefined {
  const targets = Object.entries(project.data.targets ?? {});
  for (const executor of IMAGE_EXECUTORS) {
    const found = targets.find(([, target]) => target.executor === executor);
    if (found) return found[0];
  }
  return undefined;
}

/**
 * Reads an image.json. Throws ProjectError INGOT_IMAGE_NOT_BUILT where there is none, INGOT_IMAGE_RESULT where it is
 * not what this version writes.
 * @param task `project:target` that makes it, for errors
 */
export async function readImageResult(file: string, task: string, place?: Place): Promise<ImageResult> {
  const facts = { path: file, ...(place ? { place } : {}), help: `run \`nx run ${task}\`` };
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new ProjectError('INGOT_IMAGE_NOT_BUILT', `the image of ${task} is not built: ${file} is missing`, facts);
  }
  const result = parseResult(text);
  if (result) return result;
  throw new ProjectError('INGOT_IMAGE_RESULT', `${file} is not an image result that this version reads`, {
    ...facts,
    help: `run \`nx run ${task} --skip-nx-cache\``,
  });
}

function parseResult(text: string): ImageResult | undefined {
  try {
    const value = JSON.parse(text) as Partial<ImageResult> | null;
    const complete =
      value?.ingot === 'image-result/v1' &&
      [value.name, value.version, value.mediaType, value.digest].every((each) => typeof each === 'string') &&
      typeof value.size === 'number' &&
      Array.isArray(value.platforms) &&
      Array.isArray(value.inherited);
    return complete ? (value as ImageResult) : undefined;
  } catch {
    return undefined;
  }
}
