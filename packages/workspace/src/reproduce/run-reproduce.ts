import { join, matchesGlob, posix } from 'node:path';
import { chmod, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { writeWhole } from '@ingot/content';
import { ProjectError } from '../error.ts';
import { projectNode } from '../image/result.ts';
import { didYouMean } from '../nearest.ts';
import { BuildLog } from '../run/build-log.ts';
import { interruptible } from '../run/interruptible.ts';
import { build } from './build.ts';
import { compareOutputs } from './compare/outputs.ts';
import { declaredInputs } from './declared-inputs.ts';
import { declaredOutputs, pathsIn } from './outputs-of.ts';
import { formatReport } from './report.ts';
import { surroundings } from './surroundings.ts';
import { workspaceFiles } from './workspace-files.ts';
import type { ExecutorContext } from '@nx/devkit';
import type { Outcome } from '../run/outcome.ts';
import type { Built } from './build.ts';
import type { Comparer } from './compare/comparer.ts';
import type { Compared } from './compare/outputs.ts';
import type { ReproduceReport } from './report.ts';

/** What an executor `reproduce` asks for. */
export interface Reproduce {
  /** The targets of the context's project that are built; what they depend on is built as well. */
  readonly targets: readonly string[];
  /** What is compared: paths or globs, with Nx's tokens. Default: the outputs that the targets declare. */
  readonly outputs?: readonly string[];
  /** What is not compared though it is among the outputs, e.g. logs: globs, with Nx's tokens. */
  readonly ignore?: readonly string[];
  /** Formats besides those that are known. */
  readonly comparers?: readonly Comparer[];
  /**
   * As whom root builds the second time. `auto`, the default: as nobody, and as root after all where that fails; `never`:
   * as root.
   */
  readonly otherUser?: 'auto' | 'never';
  readonly configuration?: string;
  /** The copies of the workspace stay, for whoever wants to look. */
  readonly keep?: boolean;
}

/**
 * Builds targets of a project twice, past every cache and in different surroundings, and compares what comes out. Fails
 * where it is not the same. Leaves dist/reproduce.json and dist/reproduce.log in the project.
 * Throws ProjectError INGOT_REPRODUCE_BUILD, INGOT_REPRODUCE_OUTPUTS, INGOT_TARGET_UNKNOWN, INGOT_INTERRUPTED.
 */
export async function runReproduce(reproduce: Reproduce, context: ExecutorContext): Promise<Outcome> {
  return interruptible(async (signal) => {
    const { root: projectRoot } = projectNode(context, context.projectName!).data;
    const dist = join(context.root, projectRoot, 'dist');
    const log = await BuildLog.open(join(dist, 'reproduce.log'), [], () => undefined);
    const scratch = await realpath(await mkdtemp(join(tmpdir(), 'ingot-reproduce-')));
    try {
      await chmod(scratch, 0o755);
      const report = await reproduced(reproduce, { context, projectRoot, scratch, log, signal });
      await writeWhole(dist, async (file) => {
        await file.writeFile(`${JSON.stringify(report, undefined, 2)}\n`);
        return join(dist, 'reproduce.json');
      });
      const kept = reproduce.keep === true ? [`the builds are in ${scratch}`] : [];
      return { success: report.reproducible, terminalOutput: [formatReport(report), ...kept].join('\n') };
    } finally {
      log.close();
      if (reproduce.keep !== true) await remove(scratch);
    }
  });
}

interface Work {
  readonly context: ExecutorContext;
  readonly projectRoot: string;
  readonly scratch: string;
  readonly log: BuildLog;
  readonly signal: AbortSignal;
}

async function reproduced(reproduce: Reproduce, work: Work): Promise<ReproduceReport> {
  const { context, projectRoot, signal } = work;
  const { targets } = reproduce;
  const patterns = outputsOf(reproduce, work);
  const { builds, notes } = await buildTwice(reproduce, work);
  const [first, second] = builds;
  const paths = await pathsIn([first.folder, second.folder], patterns);
  const ignored = (reproduce.ignore ?? []).map((glob) => posix.normalize(withRoot(glob, projectRoot)));
  const compared = await compareOutputs(first.folder, second.folder, {
    paths,
    ignores: (path) => ignored.some((glob) => matchesGlob(path, glob)),
    signal,
    ...(reproduce.comparers === undefined ? {} : { comparers: reproduce.comparers }),
  });
  if (compared.files === 0) throw nothing(context.projectName!, targets, patterns);
  return reportOf(context.projectName!, targets, { paths, compared, builds, notes });
}

function withRoot(glob: string, projectRoot: string): string {
  return glob.replace(/^\{workspaceRoot\}\//, '').replaceAll('{projectRoot}', projectRoot);
}

function outputsOf({ targets, outputs }: Reproduce, { context, projectRoot }: Work): readonly string[] {
  if (outputs !== undefined) return outputs.map((output) => posix.normalize(withRoot(output, projectRoot)));
  const { data } = projectNode(context, context.projectName!);
  return targets.flatMap((name) => {
    const target = data.targets?.[name];
    if (target !== undefined) return declaredOutputs(target, projectRoot, context.projectName!);
    const names = Object.keys(data.targets ?? {});
    const message = `project "${context.projectName}" has no target "${name}"${didYouMean(name, names)}`;
    throw new ProjectError('INGOT_TARGET_UNKNOWN', message, { help: `targets: ${names.join(', ')}` });
  });
}

/** Nx's plugin workers outlive it for a moment, and write caches meanwhile. */
function remove(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

async function buildTwice(reproduce: Reproduce, { context, scratch, log, signal }: Work) {
  const { targets, configuration, otherUser = 'auto' } = reproduce;
  const declared = declaredInputs(context.projectGraph, context.projectName!);
  const files = await workspaceFiles(context.root, signal, declared);
  const notes: string[] = [];
  const run = async (which: 0 | 1, asOther: boolean): Promise<Built> => {
    const base = join(scratch, `${which + 1}`);
    await remove(base);
    await mkdir(base);
    const project = context.projectName!;
    return build(surroundings[which], {
      ...{ root: context.root, files, base, project, targets, configuration, asOther, log, signal },
    });
  };
  const first = await run(0, false);
  const isRoot = process.getuid?.() === 0;
  let second: Built;
  try {
    second = await run(1, isRoot && otherUser === 'auto');
  } catch (error) {
    if (!isRoot || otherUser !== 'auto' || !isFailedBuild(error)) throw error;
    notes.push('as another user the build fails: both were made as the same');
    second = await run(1, false);
  }
  if (!isRoot) notes.push('only root can build as another user: both were made as the same');
  else if (second.user === first.user && notes.length === 0) {
    const why = otherUser === 'never' ? 'as it was asked for' : 'nobody may not run Nx here';
    notes.push(`both builds were made as the same user: ${why}`);
  }
  return { builds: [first, second] as const, notes };
}

function isFailedBuild(error: unknown): boolean {
  return error instanceof ProjectError && error.code === 'INGOT_REPRODUCE_BUILD';
}

interface Facts {
  readonly paths: readonly string[];
  readonly compared: Compared;
  readonly builds: readonly [Built, Built];
  readonly notes: readonly string[];
}

function reportOf(
  project: string,
  targets: readonly string[],
  { paths, compared, builds, notes }: Facts,
): ReproduceReport {
  const { files, bytes, differences, hasMore } = compared;
  return {
    ...{ ingot: 'reproduce/v1', project, targets, reproducible: differences.length === 0, outputs: paths },
    ...{ files, bytes, differences, truncated: hasMore },
    builds: surroundings.map(({ umask, variables }, index) => ({
      folder: builds[index]!.folder,
      umask: umask.toString(8).padStart(4, '0'),
      user: builds[index]!.user ?? null,
      environment: variables,
    })),
    notes,
  };
}

function nothing(project: string, targets: readonly string[], patterns: readonly string[]): ProjectError {
  return new ProjectError('INGOT_REPRODUCE_OUTPUTS', `${project}:${targets.join(',')} leaves nothing to compare`, {
    help: `Looked for: ${patterns.join(', ') || 'nothing, as the targets declare no outputs'}. Name others by the option outputs.`,
  });
}
