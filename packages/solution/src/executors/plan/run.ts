import { join } from 'node:path';

import { BlobStore } from '@ingot/content';
import type { RunOne } from '@ingot/workspace';
import { checkOptions, formatBytes } from '@ingot/workspace';

import { openForContext } from '../../plan/open-source.ts';
import { encodePlan } from '../../plan/plan.ts';
import type { Plan } from '../../plan/plan.ts';
import type { SolutionToPlan } from '../../plan/plan-solution.ts';
import { planSolution } from '../../plan/plan-solution.ts';
import { readSolution } from '../../plan/read-solution.ts';
import { optionPath, projectRootOf } from '../../project-root.ts';
import { writeWhole } from '../../write-whole.ts';

/** The options of the executor `plan`: schemas/executors/plan.json. */
export interface PlanOptions {
  readonly file?: string;
  readonly outputPath?: string;
  readonly platform?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** What ingot.lock pins, for Nx's hash; the plan reads the lock itself. */
  readonly locked?: readonly string[];
}

/** Plans a Solution: reads solution.yaml, leaves plan.json. */
export const runPlan: RunOne<PlanOptions> = async (options, context) => {
  checkOptions(options, {
    file: undefined,
    outputPath: undefined,
    platform: undefined,
    labels: undefined,
    locked: undefined,
  });
  const projectRoot = projectRootOf(context);
  const solution = await readSolution({
    workspaceRoot: context.root,
    projectRoot,
    file: options.file ?? 'solution.yaml',
    platform: options.platform,
    labels: options.labels ?? {},
    open: openForContext(context, projectRoot),
  });
  const plan = await planSolution(solution, new BlobStore());
  const file = join(optionPath(options.outputPath ?? '{projectRoot}/dist', context), 'plan.json');
  await writeWhole(file, encodePlan(plan));
  return { success: true, terminalOutput: [summary(plan), ...warnings(solution)].join('\n') };
};

function summary({ name, version, images, files, size }: Plan): string {
  const count = images.length === 1 ? '1 image' : `${images.length} images`;
  return `planned ${name} ${version}: ${count}, ${files.length} files, an ISO of ${formatBytes(size)}`;
}

/** MetalK8s looks for `<name>-operator:<version>` where the manifest names no operator. metalk8s-solution.md, "manifest.yaml". */
function warnings({ name, version, operator, images }: SolutionToPlan): string[] {
  const wanted = `${name}-operator:${version}`;
  const tags = images.flatMap((image) => [image.tag, ...image.aliases].map((tag) => `${image.name}:${tag}`));
  if (operator !== undefined || tags.includes(wanted)) return [];
  return [`warning: no operator: the Solution can be imported, but to deploy it MetalK8s will look for ${wanted}`];
}
