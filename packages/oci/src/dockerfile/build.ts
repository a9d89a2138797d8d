import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { formatPlatform, stagingFolder, type Platform } from '@ingot/content';
import { BuildLog, interruptible, ProjectError, runProgram, type ImageResult, type Place } from '@ingot/workspace';
import { writeImage } from '../image/build.ts';
import type { ImageDescription } from '../image/description.ts';
import { chooseEngine } from './choose.ts';
import { openContext, type BuildContext } from './context.ts';
import type { DockerfileDescription, EngineName } from './description.ts';
import type { BuildRequest, Engine, RunStep } from './engine.ts';
import { forAnotherFolder } from './environment.ts';
import { buildFailed } from './failed.ts';
import { firstRunOfTarget, parseInstructions, stagesOf } from './instructions.ts';
import { openSecrets } from './secrets.ts';
import { takeIn } from './take-in.ts';

export interface DockerfileOptions {
  /** Where the layout goes; the result goes beside it, and the engine's output, as `<layoutDir>.log`. Absolute. */
  readonly layoutDir: string;
  readonly resultFile: string;
  /** The project's folder. Absolute. */
  readonly project: string;
  /** Of the image and, as far as the engine can, of its files: seconds since 1970. */
  readonly time: number;
  /** Hears what the engine says. */
  readonly show?: (line: string) => void;
  /** What is no part of the context beside the output: absolute paths, `*` stands for what is within a name. */
  readonly without?: readonly string[];
}

export interface DockerfileImage {
  readonly result: ImageResult;
  readonly engine: EngineName;
  /** What the author should know. */
  readonly notes: readonly string[];
}

/**
 * Builds the image of a Dockerfile by the engine that is named or there, and takes it in: every blob checked, and the
 * same layout and result as an assembled image has. What stood there before is replaced at the end, or stays as it was;
 * Ctrl-C stops the engine. Throws ProjectErrors INGOT_IMAGE_PATH, INGOT_DOCKERFILE_MISSING, INGOT_DOCKERFILE_SECRET,
 * INGOT_DOCKERFILE_ENGINE, INGOT_DOCKERFILE_EMULATION, INGOT_DOCKERFILE_BUILD, INGOT_INTERRUPTED, and content's errors
 * for an image that is broken.
 */
export async function buildDockerfile(
  image: ImageDescription & { readonly dockerfile: DockerfileDescription },
  options: DockerfileOptions,
): Promise<DockerfileImage> {
  const { dockerfile, platforms } = image;
  const { layoutDir, project } = options;
  const context = await openContext(dockerfile, project, ownFiles(image, options));
  const secrets = await openSecrets(dockerfile.secrets, project, context.context, context.letIn);
  return interruptible(async (signal) => {
    const engine = await chooseEngine(dockerfile, signal);
    checkPlatforms(engine, platforms, image.platformsPlace, context, dockerfile.target);
    const log = await BuildLog.open(`${layoutDir}.log`, secrets.values, options.show ?? (() => undefined));
    const folder = await stagingFolder(layoutDir);
    try {
      await mkdir(folder, { recursive: true });
      const { target, args, cacheFrom, cacheTo } = dockerfile;
      const request = { ...context, folder, target, args, cacheFrom, cacheTo, platforms, time: options.time };
      const run = steps(folder, context, log, dockerfile.place, signal);
      const sources = await buildBy(engine, { ...request, secrets: secrets.references }, run, signal);
      const notes = [...engine.unable(dockerfile)];
      const result = await writeImage(image, options, (store) =>
        takeIn(sources, { folder, image, time: options.time, note: (text) => notes.push(text) }, store),
      );
      return { result, engine: engine.name, notes };
    } finally {
      log.close();
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    }
  });
}

async function buildBy(engine: Engine, request: BuildRequest, run: RunStep, signal: AbortSignal) {
  try {
    return await engine.build(request, run);
  } catch (error) {
    // One that was stopped leaves what it had begun: by the signal, or since its log could not be written.
    const wasStopped = signal.aborted || (error as { code?: unknown }).code === 'INGOT_DISK_FULL';
    if (wasStopped) await engine.abandon?.(request).catch(() => undefined);
    throw error;
  }
}

/** An image that held what was made of it before would never be the same twice. */
function ownFiles(
  { name, version }: ImageDescription,
  { layoutDir, resultFile, without = [] }: DockerfileOptions,
): string[] {
  const folder = dirname(layoutDir);
  const exported = `${name.replaceAll('/', '-')}-${version}`;
  const names = ['.ingot-*', exported, '*.oci.tar', '*.docker.tar'];
  return [layoutDir, resultFile, `${layoutDir}.log`, ...without, ...names.map((each) => join(folder, each))];
}

/** Throws INGOT_DOCKERFILE_EMULATION for a platform whose programs the build would have to run, and cannot. */
function checkPlatforms(
  engine: Engine,
  platforms: readonly Platform[],
  place: Place,
  { file, dockerfile }: BuildContext,
  target: string | undefined,
): void {
  const foreign = platforms.find((platform) => !engine.runs(platform));
  const run = foreign && firstRunOfTarget(stagesOf(parseInstructions(dockerfile)), target);
  if (!foreign || !run) return;
  const name = formatPlatform(foreign);
  throw new ProjectError('INGOT_DOCKERFILE_EMULATION', `${engine.name} cannot run programs of ${name} here`, {
    place,
    help: [
      `${file}:${run.line} needs it: ${run.text.slice(0, 100)}`,
      `let binfmt_misc hand them to an emulator: docker run --privileged --rm tonistiigi/binfmt --install ${foreign.architecture}`,
      '(Debian: apt-get install qemu-user-static), or compile in a stage FROM --platform=$BUILDPLATFORM',
    ].join('\n'),
  });
}

function steps(cwd: string, context: BuildContext, log: BuildLog, place: Place, signal: AbortSignal): RunStep {
  return async (program, args) => {
    const env = forAnotherFolder(process.env);
    const ended = await runProgram(program, args, { cwd, env, signal, umask: 0o022, onLine: (line) => log.add(line) });
    if (ended?.code === 0) return;
    const how = ended === undefined ? 'is gone' : ended.code === undefined ? 'was killed' : `ended with ${ended.code}`;
    throw buildFailed(program, how, context, log, place);
  };
}
