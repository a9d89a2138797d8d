import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProjectError, type Place } from '../error.ts';
import { claimOf, isOurKind } from '../project-file/claim.ts';

/** The project files of Ingot, and the targets that each makes unless nx.json names them otherwise. */
const projectFiles = [
  { file: 'image.yaml', kind: 'image', plugin: '@ingot/oci/plugin', targets: ['image', 'export'] },
  { file: 'artifact.yaml', kind: 'artifact', plugin: '@ingot/oci/plugin', targets: ['artifact'] },
  { file: 'solution.yaml', kind: 'solution', plugin: '@ingot/solution/plugin', targets: ['plan', 'pack', 'verify'] },
  { file: 'os-image.yaml', kind: 'os-image', plugin: '@ingot/os-image/plugin', targets: ['plan', 'rootfs', 'verify'] },
  { file: 'bundle.yaml', kind: 'bundle', plugin: '@ingot/bundle/plugin', targets: ['bundle', 'verify'] },
  { file: 'catalog.yaml', kind: 'catalog', plugin: '@ingot/bundle/plugin', targets: ['catalog', 'verify'] },
] as const;

/** Those of a project file that names a repository, whatever its kind. */
const pushTargets = ['push', 'preflight'];

export interface ClashOptions {
  readonly workspaceRoot: string;
  /** nx.json's `plugins`. */
  readonly plugins: readonly unknown[] | undefined;
  /** The project file, relative to the workspace's root. */
  readonly file: string;
  /** Target name → the executor that the file gives it. */
  readonly targets: ReadonlyMap<string, string>;
}

/**
 * Who else claims the names of a project file's targets: a script of package.json (it would win silently), another
 * executor in project.json, another project file of Ingot. ProjectErrors INGOT_TARGET_CLASH naming both places.
 */
export function clashes(options: ClashOptions): ProjectError[] {
  return [...scriptClashes(options), ...projectJsonClashes(options), ...projectFileClashes(options)];
}

function scriptClashes({ workspaceRoot, file, targets }: ClashOptions): ProjectError[] {
  const other = beside(file, 'package.json');
  const manifest = readJson(join(workspaceRoot, other));
  const scripts = manifest?.json['scripts'] ?? {};
  const nx = manifest?.json['nx'] as { includedScripts?: string[] } | undefined;
  const included = Array.isArray(nx?.includedScripts) ? nx.includedScripts : Object.keys(scripts);
  return Object.keys(scripts)
    .filter((name) => targets.has(name) && included.includes(name))
    .map((name) => clash(name, file, placeOf(name, 'scripts', manifest!.text, other), 'the script'));
}

function projectJsonClashes({ workspaceRoot, file, targets }: ClashOptions): ProjectError[] {
  const other = beside(file, 'project.json');
  const project = readJson(join(workspaceRoot, other));
  const configured = (project?.json['targets'] ?? {}) as Record<string, { executor?: string; command?: string } | null>;
  return Object.entries(configured)
    .filter(([name, target]) => {
      const executor = target?.executor ?? (target?.command === undefined ? undefined : 'nx:run-commands');
      return targets.has(name) && executor !== undefined && executor !== targets.get(name);
    })
    .map(([name]) => clash(name, file, placeOf(name, 'targets', project!.text, other), 'the target'));
}

function projectFileClashes({ workspaceRoot, file, targets, plugins }: ClashOptions): ProjectError[] {
  const own = projectFiles.find((kind) => beside(file, kind.file) === file)?.plugin;
  return projectFiles.flatMap((kind) => {
    const other = beside(file, kind.file);
    const text = other === file ? undefined : ours(join(workspaceRoot, other), kind.kind);
    if (text === undefined) return [];
    const options = optionsOf(kind.plugin, plugins);
    // Of two files of its own a plugin says itself which is pushed.
    const isPushed = kind.plugin !== own && /^repository:/m.test(text);
    const claimed = [...kind.targets, ...(isPushed ? pushTargets : [])]
      .map((name) => options[`${name}Target`] ?? name)
      .filter((name) => typeof name === 'string');
    return claimed
      .filter((name) => targets.has(name))
      .map((name) => clash(name, file, { file: other, line: 1, column: 1 }, 'the target'));
  });
}

function clash(name: string, file: string, other: Place, what: string): ProjectError {
  const where = `${other.file}:${other.line}:${other.column}`;
  return new ProjectError(
    'INGOT_TARGET_CLASH',
    `the target "${name}" is claimed by ${what} "${name}" in ${where}, too`,
    {
      place: { file, line: 1, column: 1 },
      help: `rename it there, or name the target otherwise in the plugin's options in nx.json`,
    },
  );
}

/** The options that nx.json gives a plugin. */
function optionsOf(plugin: string, plugins: readonly unknown[] | undefined): Readonly<Record<string, unknown>> {
  for (const entry of plugins ?? []) {
    const configured = entry as { plugin?: string; options?: Record<string, unknown> };
    if (configured.plugin === plugin && configured.options) return configured.options;
  }
  return {};
}

/** The line of `"name"` after `"section"`, in JSON as people and npm write it. */
function placeOf(name: string, section: string, text: string, file: string): Place {
  const start = Math.max(0, text.indexOf(JSON.stringify(section)));
  const offset = Math.max(0, text.indexOf(JSON.stringify(name), start));
  const before = text.slice(0, offset).split('\n');
  return { file, line: before.length, column: before.at(-1)!.length + 1 };
}

function beside(file: string, name: string): string {
  return file.slice(0, file.lastIndexOf('/') + 1) + name;
}

/** The text of a project file of this kind; undefined where there is none. */
function ours(path: string, kind: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    return isOurKind(claimOf(text), kind) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined for what is missing or broken: Nx itself reports that. */
function readJson(path: string): { json: Record<string, unknown>; text: string } | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? { json: json as Record<string, unknown>, text } : undefined;
  } catch {
    return undefined;
  }
}
