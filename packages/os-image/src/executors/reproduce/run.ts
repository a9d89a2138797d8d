import { projectNode, type RunOne } from '@ingot/workspace';
import type { ReproduceOptions } from '@ingot/workspace/reproduce';

const builders = [
  '@ingot/os-image:rootfs',
  ...['metal-stack', 'onmetal', 'ironcore', 'gardenlinux', 'disk', 'ironic', 'image'].map(
    (format) => `@ingot/os-image:${format}`,
  ),
];

/**
 * Builds the root file system of the context's project and every format twice, and compares them. Throws what
 * runReproduce throws.
 */
export const runReproduction: RunOne<ReproduceOptions> = async (options, context) => {
  const { reproduceOf, runReproduce } = await import('@ingot/workspace/reproduce');
  const { targets = {} } = projectNode(context, context.projectName!).data;
  const ours = Object.keys(targets).filter((name) => builders.includes(targets[name]?.executor ?? ''));
  return runReproduce(reproduceOf(options, ours), context);
};
