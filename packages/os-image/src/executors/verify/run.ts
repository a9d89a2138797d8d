import { formatDuration, interruptible, type Outcome } from '@ingot/workspace';
import type { ExecutorContext } from '@nx/devkit';
import type { Format } from '../../description/formats.ts';
import type { Finding } from '../../verify/finding.ts';
import { outputOf, targetOf } from '../../output/paths.ts';
import { openProject, type OsImageOptions } from '../project.ts';
import { openStages } from '../stages.ts';

/** Applies the consumers' rules to every format of the project, and says what they would say. Fails where one refuses. */
export async function runVerify(options: OsImageOptions, context: ExecutorContext): Promise<Outcome> {
  const started = performance.now();
  const { description, folder, name } = await openProject(options, context);
  const { verifyFormat } = await import('../../verify/verify.ts');
  const { readFormatResult } = await import('../../output/read.ts');
  const stages = openStages(`${name}:verify`);
  const found: [Format, readonly Finding[]][] = [];
  try {
    await interruptible(async (signal) => {
      for (const format of description.formats) {
        stages.stage(`verifying ${format}`);
        const output = outputOf(folder, targetOf(format));
        const result = await readFormatResult(output, format, name);
        found.push([format, await verifyFormat(result, output.folder, description, signal)]);
      }
    });
  } finally {
    stages.finish();
  }
  const lines = found.flatMap(([format, findings]) => [verdict(format, findings), ...findings.map(lineOf)]);
  const refused = found.some(([, findings]) => findings.some(({ level }) => level === 'error'));
  const last = `${refused ? 'refused' : 'accepted'}, in ${formatDuration(performance.now() - started)}`;
  return { success: !refused, terminalOutput: `${[...lines, last].join('\n')}\n` };
}

function verdict(format: Format, findings: readonly Finding[]): string {
  const count = (level: Finding['level']) => findings.filter((each) => each.level === level).length;
  const [errors, warnings] = [count('error'), count('warning')];
  const what = [
    errors > 0 ? `${errors} error${errors > 1 ? 's' : ''}` : 'accepted',
    ...(warnings > 0 ? [`${warnings} warning${warnings > 1 ? 's' : ''}`] : []),
  ];
  return `${format}: ${what.join(', ')}`;
}

function lineOf({ level, rule, message, help }: Finding): string {
  const remedy = help === undefined ? '' : `\n    help: ${help.replaceAll('\n', '\n          ')}`;
  return `  ${level}  ${rule}  ${message}${remedy}`;
}
