import type { Tree } from '@nx/devkit';
import { formatError } from '../report/format-error.ts';

/** An Nx generator out of a plain function: Nx prints an error's message alone, so all that it says is put there. */
export function generator<Options, Result>(work: (tree: Tree, options: Options) => Promise<Result>) {
  return async (tree: Tree, options: Options): Promise<Result> => {
    try {
      return await work(tree, options);
    } catch (error) {
      throw new Error(formatError(error, { cwd: tree.root }), { cause: error });
    }
  };
}
