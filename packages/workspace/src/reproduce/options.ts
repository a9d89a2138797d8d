import { ProjectError } from '../error.ts';
import { checkOptions } from '../run/options.ts';
import type { Reproduce } from './run-reproduce.ts';

/** The options of the executors `reproduce`, alike in all plugins: schemas/executors/reproduce.json. */
export interface ReproduceOptions {
  readonly targets?: readonly string[];
  readonly outputs?: readonly string[];
  readonly ignore?: readonly string[];
  readonly otherUser?: boolean;
  readonly configuration?: string;
  readonly keep?: boolean;
}

/**
 * What the options ask for. Throws ProjectError INGOT_OPTION_UNKNOWN, INGOT_OPTION_VALUE.
 * @param targets what is built where no option names targets
 */
export function reproduceOf(options: ReproduceOptions, targets: readonly string[]): Reproduce {
  checkOptions(options, {
    targets: undefined,
    outputs: undefined,
    ignore: undefined,
    otherUser: ['true', 'false'],
    configuration: undefined,
    keep: ['true', 'false'],
  });
  const { outputs, ignore, otherUser = true, configuration, keep = false } = options;
  const named = options.targets ?? targets;
  if (named.length === 0) throw new ProjectError('INGOT_OPTION_VALUE', 'targets: names no target to build');
  return {
    targets: named,
    ...(outputs === undefined ? {} : { outputs }),
    ...(ignore === undefined ? {} : { ignore }),
    ...(configuration === undefined ? {} : { configuration }),
    otherUser: otherUser ? 'auto' : 'never',
    keep,
  };
}
