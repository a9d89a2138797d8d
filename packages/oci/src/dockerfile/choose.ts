import { ProjectError, runProgram, type Ended } from '@ingot/workspace';
import { builderFlag, buildx, platformsOfBuilder } from './buildx.ts';
import { containersTool } from './containers-tools.ts';
import type { DockerfileDescription, EngineName } from './description.ts';
import type { Engine } from './engine.ts';

const titles: Readonly<Record<EngineName, string>> = { buildx: 'docker buildx', podman: 'podman', buildah: 'buildah' };

/**
 * The engine that is named, or the first that works here. Throws ProjectError INGOT_DOCKERFILE_ENGINE, which tells of
 * each why it does not.
 */
export async function chooseEngine(description: DockerfileDescription, signal?: AbortSignal): Promise<Engine> {
  const { engine, builder, enginePlace } = description;
  const candidates: readonly EngineName[] = engine === 'auto' ? ['buildx', 'podman', 'buildah'] : [engine];
  const reasons: string[] = [];
  for (const name of candidates) {
    const found = await (name === 'buildx' ? findBuildx(builder, signal) : findTool(name, signal));
    if (typeof found !== 'string') return found;
    reasons.push(`${titles[name]}: ${found}`);
  }
  const message = engine === 'auto' ? 'nothing here can build a Dockerfile' : reasons[0]!;
  const install = 'install one of docker with buildx, podman and buildah (Debian: apt-get install buildah)';
  const help = engine === 'auto' ? [...reasons, install].join('\n') : installing[engine];
  throw new ProjectError('INGOT_DOCKERFILE_ENGINE', message, { place: enginePlace, help });
}

const installing: Readonly<Record<EngineName, string>> = {
  buildx: 'install docker and its plugin buildx, start the engine, or make a builder: docker buildx create --use',
  podman: 'install podman (Debian: apt-get install podman); where it needs a machine: podman machine start',
  buildah: 'install buildah (Debian: apt-get install buildah)',
};

/** An engine, or why there is none. */
type Found = Engine | string;

async function findBuildx(builder: string | undefined, signal: AbortSignal | undefined): Promise<Found> {
  const version = await ask('docker', ['buildx', 'version'], signal);
  if (version === undefined) return 'docker is not installed';
  if (version.code !== 0) return 'docker has no plugin buildx';
  // It starts a builder that is not running: only then does it say what it can.
  const inspected = await ask('docker', ['buildx', 'inspect', '--bootstrap', ...builderArgument(builder)], signal);
  const platforms = platformsOfBuilder(inspected?.lines ?? []);
  if (inspected?.code === 0 && platforms.length > 0) return buildx(builder, platforms);
  return complaint(inspected) ?? `the builder${builder === undefined ? '' : ` ${builder}`} does not run`;
}

/** `inspect` takes the name without a flag. */
function builderArgument(builder: string | undefined): string[] {
  return builderFlag(builder).slice(1);
}

async function findTool(name: 'podman' | 'buildah', signal: AbortSignal | undefined): Promise<Found> {
  const version = await ask(name, ['version'], signal);
  if (version === undefined) return 'it is not installed';
  return version.code === 0 ? containersTool(name) : (complaint(version) ?? 'it does not run');
}

function ask(program: string, args: readonly string[], signal?: AbortSignal): Promise<Ended | undefined> {
  return runProgram(program, args, signal === undefined ? {} : { signal });
}

function complaint(ended: Ended | undefined): string | undefined {
  const lines = ended?.lines.map((line) => line.trim()).filter((line) => line !== '') ?? [];
  const line = lines.find((each) => /error|cannot|no builder/i.test(each)) ?? lines.at(-1);
  return line?.replace(/^error:\s*/i, '').slice(0, 300);
}
