import { projectNode, type RunOne } from '@ingot/workspace';
import type { ReproduceOptions } from '@ingot/workspace/reproduce';

/** Builds the ISO of the context's project twice, and compares the two. Throws what runReproduce throws. */
export const runReproduction: RunOne<ReproduceOptions> = async (options, context) => {
  const { reproduceOf, runReproduce } = await import('@ingot/workspace/reproduce');
  const { isoComparer } = await import('../../reproduce/iso-comparer.ts');
  const { targets = {} } = projectNode(context, context.projectName!).data;
  const packs = Object.keys(targets).filter((name) => targets[name]?.executor === '@ingot/solution:pack');
  return runReproduce({ ...reproduceOf(options, packs), comparers: [isoComparer] }, context);
};
