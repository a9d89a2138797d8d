import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatDuration, type Outcome } from '@ingot/workspace';
import type { ExecutorContext } from '@nx/devkit';
import { openProject, type OsImageOptions } from '../project.ts';

/**
 * Checks os-image.yaml, and writes what each target takes out of it: small files that are the inputs of their tasks, so
 * that a change of one format's options makes that format again and nothing else.
 */
export async function runPlan(options: OsImageOptions, context: ExecutorContext): Promise<Outcome> {
  const started = performance.now();
  const { description, version, folder } = await openProject(options, context);
  const { partsOf } = await import('../../plan/parts.ts');
  const { checkPlan } = await import('../../plan/check.ts');
  const { replaceOutput } = await import('../../output/put.ts');
  checkPlan(description, version, context);
  const parts = partsOf(description, version);
  await replaceOutput(join(folder, 'dist/plan'), async (staging) => {
    for (const [part, text] of parts) await writeFile(join(staging, `${part}.json`), text);
  });
  const { name, architectures, formats, builder } = description;
  const what = `${name} ${version} for ${architectures.join(', ')} by ${builder.kind}: ${formats.join(', ')}`;
  return { success: true, terminalOutput: `${what}\n  in ${formatDuration(performance.now() - started)}\n` };
}
