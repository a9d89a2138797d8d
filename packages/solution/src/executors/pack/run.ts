import { readFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';

import { BlobStore } from '@ingot/content';
import type { RunOne } from '@ingot/workspace';
import { checkOptions, interruptible, progress } from '@ingot/workspace';

import { SolutionError } from '../../error.ts';
import { fileError, isMissing } from '../../file-error.ts';
import { packSolution } from '../../pack/pack-solution.ts';
import { packSummary } from '../../pack/summary.ts';
import { openForContext } from '../../plan/open-source.ts';
import { isoName } from '../../plan/plan.ts';
import { readPlan } from '../../plan/read-plan.ts';
import { optionPath, targetOf } from '../../project-root.ts';

/** The options of the executor `pack`: schemas/executors/pack.json. */
export interface PackOptions {
  readonly plan?: string;
  readonly outputPath?: string;
  readonly mediaCheck?: boolean;
}

/** Packs a Solution: reads plan.json, leaves the ISO, its .sha256 and pack.json. */
export const runPack: RunOne<PackOptions> = async (options, context) => {
  const started = performance.now();
  checkOptions(options, { plan: undefined, outputPath: undefined, mediaCheck: undefined });
  const outputFolder = optionPath(options.outputPath ?? '{projectRoot}/dist', context);
  const planFile = options.plan === undefined ? join(outputFolder, 'plan.json') : optionPath(options.plan, context);
  const planBytes = await readFile(planFile).catch((cause: unknown) => {
    if (!isMissing(cause)) throw fileError(cause, planFile);
    throw new SolutionError('INGOT_PLAN_MISSING', `there is no ${basename(planFile)}`, {
      path: planFile,
      help: `Run nx run ${context.projectName}:${targetOf(context, '@ingot/solution:plan', 'plan')}.`,
    });
  });
  const plan = readPlan(planBytes, planFile);
  const open = openForContext(context, context.root);
  const bar = progress({ label: `packing ${isoName(plan)}`, total: plan.size });
  try {
    const packed = await interruptible((signal) =>
      packSolution({
        plan,
        planBytes,
        outputFolder,
        mediaCheck: options.mediaCheck ?? false,
        sources: {
          workspaceRoot: context.root,
          store: new BlobStore(),
          open: async (source) => (await open(source)).fetcher,
        },
        onBytes: (count) => bar.add(count),
        signal,
      }),
    );
    const shown = { ...packed, file: relative(context.root, packed.file) };
    return { success: true, terminalOutput: packSummary(plan, shown, performance.now() - started) };
  } finally {
    bar.finish();
  }
};
