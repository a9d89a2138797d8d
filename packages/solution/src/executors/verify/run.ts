import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

import { openIso } from '@ingot/iso9660';
import type { RunOne } from '@ingot/workspace';
import { checkOptions, formatFinding, formatVerdict } from '@ingot/workspace';
import type { ExecutorContext } from '@nx/devkit';

import { SolutionError } from '../../error.ts';
import { fileError, isMissing } from '../../file-error.ts';
import type { PackResult } from '../../pack/pack-result.ts';
import { optionPath, targetOf } from '../../project-root.ts';
import { verifySolution } from '../../verify/verify-solution.ts';

/** The options of the executor `verify`: schemas/executors/verify.json. */
export interface VerifyOptions {
  readonly iso?: string;
  readonly outputPath?: string;
  readonly deep?: boolean;
}

/** Verifies a Solution's ISO: a line for every rule; fails where one is broken. */
export const runVerify: RunOne<VerifyOptions> = async (options, context) => {
  checkOptions(options, { iso: undefined, outputPath: undefined, deep: undefined });
  const folder = optionPath(options.outputPath ?? '{projectRoot}/dist', context);
  const file = options.iso === undefined ? await packedIso(folder, context) : optionPath(options.iso, context);
  const image = await openIso(file);
  try {
    const findings = await Array.fromAsync(verifySolution(image, { file, deep: options.deep }));
    const lines = [relative(context.root, file), ...findings.map(formatFinding), formatVerdict(findings)];
    return { success: findings.every(({ level }) => level !== 'error'), terminalOutput: lines.join('\n') };
  } finally {
    await image.close();
  }
};

async function packedIso(folder: string, context: ExecutorContext): Promise<string> {
  const path = join(folder, 'pack.json');
  try {
    const { file } = JSON.parse(await readFile(path, 'utf8')) as PackResult;
    return join(folder, file);
  } catch (cause) {
    if (!isMissing(cause) && !(cause instanceof SyntaxError || cause instanceof TypeError))
      throw fileError(cause, path);
    throw new SolutionError('INGOT_PACK_MISSING', 'there is no ISO to verify', {
      path,
      help: `Run nx run ${context.projectName}:${targetOf(context, '@ingot/solution:pack', 'pack')} first, or name an ISO by the option iso.`,
      cause,
    });
  }
}
