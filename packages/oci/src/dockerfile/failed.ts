import { basename } from 'node:path';
import { ProjectError, type BuildLog, type Place } from '@ingot/workspace';
import { parseInstructions, singleBlanks, stagesOf } from './instructions.ts';
import type { BuildContext } from './context.ts';

/** The error of a build that failed: INGOT_DOCKERFILE_BUILD, at the line of the Dockerfile where the engine tells it. */
export function buildFailed(
  program: string,
  how: string,
  context: BuildContext,
  log: BuildLog,
  place: Place,
): ProjectError {
  const lines = log.tail(200);
  const line = failedLine(lines, context);
  const noExporter = lines.some((each) => /OCI exporter is not supported for the docker driver/i.test(each));
  const help = [
    ...(noExporter ? ["docker's own builder writes no OCI images; make another one: docker buildx create --use"] : []),
    ...(line === undefined ? [] : [`line ${line} of ${basename(context.file)}`]),
    'the end of what it said:',
    ...log.tail().map((each) => `  ${each}`),
    `all of it: ${log.file}`,
  ];
  return new ProjectError('INGOT_DOCKERFILE_BUILD', `${program} could not build the image: it ${how}`, {
    place: line === undefined ? place : { file: context.file, line, column: 1 },
    help: help.join('\n'),
  });
}

/** The line of the Dockerfile that an engine's output blames. */
export function failedLine(
  lines: readonly string[],
  { file, dockerfile }: Pick<BuildContext, 'file' | 'dockerfile'>,
): number | undefined {
  const name = `${basename(file)}:`;
  for (const line of lines.toReversed()) {
    // BuildKit: "Dockerfile:7" above the lines that it shows, and errors of its parser.
    const number = line.startsWith(name) ? /^(\d+)\s*$/.exec(line.slice(name.length))?.[1] : undefined;
    const parsed = number ?? /parse error on line (\d+)/.exec(line)?.[1];
    if (parsed !== undefined) return Number(parsed);
    // Podman and buildah: "[1/2] STEP 3/4: RUN make".
    const step = /^(?:\[\d+\/\d+\] )?STEP (\d+)\/\d+: (.*)$/.exec(line);
    if (step) return lineOfStep(Number(step[1]), singleBlanks(step[2]!), dockerfile);
  }
  return undefined;
}

function lineOfStep(number: number, text: string, dockerfile: string): number | undefined {
  const stages = stagesOf(parseInstructions(dockerfile));
  const steps = stages.map(({ instructions }) => instructions.filter(({ keyword }) => keyword !== '')[number - 1]);
  return steps.find((step) => step?.text === text)?.line;
}
