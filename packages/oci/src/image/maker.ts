import { join } from 'node:path';
import { didYouMean, ProjectError, projectNode, workspacePath } from '@ingot/workspace';
import type { ExecutorContext } from '@nx/devkit';
import type { FilesDescription } from './files-description.ts';

/** Where to look for what a `files` entry copies. Absolute folders. */
export interface FilesFolder {
  /** What `from` is relative to. */
  readonly base: string;
  /** What it must not leave. */
  readonly boundary: string;
  readonly from: string;
}

/** What names a file and who makes it: an entry of a layer's `files`, a file of an artifact. */
export type MadeEntry = Pick<
  FilesDescription,
  'from' | 'target' | 'project' | 'place' | 'targetPlace' | 'projectPlace'
>;

const WORKSPACE = '{workspaceRoot}/';

/** What a target makes may lie anywhere in the workspace; all else stays in its project. */
export function folderOf(entry: MadeEntry, context: ExecutorContext): FilesFolder {
  const project = projectNode(context, entry.project ?? context.projectName!, entry.projectPlace);
  const folder = join(context.root, project.data.root);
  if (entry.target === undefined) return { base: folder, boundary: folder, from: entry.from };
  if (entry.from.startsWith(WORKSPACE)) {
    return { base: context.root, boundary: context.root, from: entry.from.slice(WORKSPACE.length) };
  }
  return { base: folder, boundary: context.root, from: entry.from };
}

/** Does the target exist that an entry names, and make what is copied? Throws INGOT_PROJECT_UNKNOWN, INGOT_TARGET_UNKNOWN, INGOT_IMAGE_NOT_OUTPUT. */
export function checkMaker(entry: MadeEntry, context: ExecutorContext): void {
  if (entry.target === undefined) return;
  const { name, data } = projectNode(context, entry.project ?? context.projectName!, entry.projectPlace);
  const target = data.targets?.[entry.target];
  if (!target) {
    const hint = didYouMean(entry.target, Object.keys(data.targets ?? {}));
    throw new ProjectError('INGOT_TARGET_UNKNOWN', `project "${name}" has no target "${entry.target}"${hint}`, {
      place: entry.targetPlace,
      help: `its targets: ${Object.keys(data.targets ?? {}).join(', ') || 'none'}`,
    });
  }
  const outputs = target.outputs?.map((output) =>
    interpolated(output, data.root, name, target.options as object | undefined),
  );
  const from = workspacePath(entry.from.startsWith(WORKSPACE) ? entry.from : `{projectRoot}/${entry.from}`, data.root);
  if (!outputs || outputs.some((output) => covers(output, from))) return;
  throw new ProjectError('INGOT_IMAGE_NOT_OUTPUT', `"${entry.from}" is no output of ${name}:${entry.target}`, {
    place: entry.place,
    help: `Nx would not notice when it changes; its outputs are ${target.outputs?.join(', ') || 'none'}`,
  });
}

/** Nx's tokens in an output; an option that is not set gives a path that there cannot be. */
function interpolated(output: string, root: string, name: string, options: object | undefined): string {
  const written = output
    .replaceAll('{projectName}', name)
    .replaceAll(/\{options\.([^}]+)\}/g, (_, key: string) => optionText(options, key));
  return workspacePath(written, root);
}

function optionText(options: object | undefined, key: string): string {
  const value = (options as Readonly<Record<string, unknown>> | undefined)?.[key];
  return typeof value === 'string' ? value : '\0';
}

/** Whether either path begins with the other, up to the first wildcard. */
function covers(output: string, from: string): boolean {
  const a = fixed(output);
  const b = fixed(from);
  return a === '' || b === '' || `${b}/`.startsWith(`${a}/`) || `${a}/`.startsWith(`${b}/`);
}

function fixed(path: string): string {
  const segments = path.split('/');
  const wild = segments.findIndex((segment) => /[*?[\]{}!()]/.test(segment));
  const start = (wild < 0 ? segments : segments.slice(0, wild)).join('/').replace(/\/$/, '');
  return start === '.' ? '' : start;
}
