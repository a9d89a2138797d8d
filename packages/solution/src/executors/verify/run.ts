import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

import type { RunOne } from '@ingot/workspace';

import { SolutionError } from '../../error.ts';
import type { PackResult } from '../../pack/pack-result.ts';
import { optionPath } from '../../project-root.ts';
import { verifyFile } from '../../verify/verify-file.ts';

/** The options of the executor `verify`: schemas/executors/verify.json. */
export interface VerifyOptions {
  readonly iso?: string;
  readonly outputPath?: string;
}

/** Verifies a Solution's ISO: a line for every rule; fails where one is broken. */
export const runVerify: RunOne<VerifyOptions> = async (options, context) => {
  const iso =
    options.iso === undefined
      ? await packedIso(optionPath(options.outputPath ?? '{projectRoot}/dist', context))
      : optionPath(options.iso, context);
  const { text, success } = await verifyFile(iso);
  return { success, terminalOutput: `${relative(context.root, iso)}\n${text}` };
};

async function packedIso(folder: string): Promise<string> {
  try {
    const { file } = JSON.parse(await readFile(join(folder, 'pack.json'), 'utf8')) as PackResult;
    return join(folder, file);
  } catch (cause) {
    throw new SolutionError('INGOT_PACK_MISSING', 'there is no ISO to verify', {
      path: join(folder, 'pack.json'),
      help: 'Run the target pack first, or name an ISO by the option iso.',
      cause,
    });
  }
}
