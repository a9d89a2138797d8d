import { projectNode, type RunOne } from '@ingot/workspace';
import type { ReproduceOptions } from '@ingot/workspace/reproduce';

const builders = ['@ingot/bundle:bundle', '@ingot/bundle:catalog'];

/** Builds the bundle or catalog of the context's project twice, and compares. Throws what runReproduce throws. */
export const runReproduction: RunOne<ReproduceOptions> = async (options, context) => {
  const { reproduceOf, runReproduce } = await import('@ingot/workspace/reproduce');
  const { targets = {} } = projectNode(context, context.projectName!).data;
  const ours = Object.keys(targets).filter((name) => builders.includes(targets[name]?.executor ?? ''));
  return runReproduce(reproduceOf(options, ours), context);
};
