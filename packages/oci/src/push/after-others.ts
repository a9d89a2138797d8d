import { ProjectError } from '@ingot/workspace';
import type { Pushed } from './push.ts';

/** The failure of one repository says that others have got it before: a failed push is not one that left no trace. */
export function afterOthers(error: unknown, pushed: readonly Pushed[]): unknown {
  const { code, message, place, help } = error as ProjectError;
  if (pushed.length === 0 || code === undefined) return error;
  const names = pushed.flatMap(({ references }) => references.map(({ reference }) => reference));
  const there = `pushed before it failed: ${names.join(', ')}`;
  return new ProjectError(code, message, {
    ...(place === undefined ? {} : { place }),
    help: help === undefined ? there : `${help}\n${there}`,
    cause: error,
  });
}
