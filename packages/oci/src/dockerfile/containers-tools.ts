import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatPlatform, type Source } from '@ingot/content';
import { ProjectError } from '@ingot/workspace';
import { markOf, removeAbandoned, removeImage } from './abandoned.ts';
import { argsOf, flags, type BuildRequest, type Engine, type RunStep } from './engine.ts';
import { runsHere } from './emulation.ts';
import type { SecretReference } from './secrets.ts';

/**
 * Podman or buildah, which build with the same code. What a site needs beside (BUILDAH_ISOLATION, STORAGE_DRIVER,
 * storage.conf) they take from the environment.
 */
export function containersTool(name: 'podman' | 'buildah'): Engine {
  return {
    name,
    runs: runsHere(),
    ...(name === 'buildah' ? { abandon: ({ folder }) => removeAbandoned(markOf(folder)) } : {}),
    unable: ({ cacheFrom, cacheTo }) =>
      cacheFrom.length + cacheTo.length === 0
        ? []
        : [`cacheFrom and cacheTo are for docker buildx: ${name} did without`],
    async build(request, run) {
      const ignoreFile = join(request.folder, 'ignore');
      await writeFile(ignoreFile, request.ignore);
      const sources: Source[] = [];
      for (const index of request.platforms.keys()) {
        const mark = name === 'buildah' ? ['--secret', `id=${markOf(request.folder)},src=${ignoreFile}`] : [];
        // By a name of this build alone: another build may have made the same image at the same time.
        const image = `localhost/ingot:${markOf(request.folder)}-${index}`;
        try {
          const flags = [...buildFlags(request, index, ignoreFile), ...mark, '--tag', image];
          await run(name, ['build', ...flags, request.context]);
          sources.push(await take(name, request, index, run));
        } finally {
          await removeImage(name, image);
        }
      }
      return sources;
    },
  };
}

function buildFlags(request: BuildRequest, index: number, ignoreFile: string): string[] {
  return [
    ...['--format', 'oci', '--force-rm', '--identity-label=false'],
    // Their cache of layers overlooks another platform, and other values of ARG (seen in buildah 1.28).
    '--layers=false',
    ...['--timestamp', String(request.time)],
    ...['--iidfile', `id-${index}`],
    ...['--file', request.file, '--ignorefile', ignoreFile],
    ...['--platform', formatPlatform(request.platforms[index]!)],
    ...(request.target === undefined ? [] : ['--target', request.target]),
    ...flags('--build-arg', argsOf(request)),
    ...flags('--secret', request.secrets.map(secret)),
  ];
}

/** Out of the tool's storage. */
async function take(name: 'podman' | 'buildah', request: BuildRequest, index: number, run: RunStep): Promise<Source> {
  const id = (await readFile(join(request.folder, `id-${index}`), 'utf8')).trim().replace(/^sha256:/, '');
  if (name === 'buildah') {
    const path = `image-${index}`;
    await run(name, ['push', id, `oci:${path}`]);
    return { transport: 'oci', path };
  }
  // Podman may be the client of a machine elsewhere: `save` brings the bytes here, `push` would leave them there.
  const path = `image-${index}.tar`;
  await run(name, ['save', '--format', 'oci-archive', '--output', path, id]);
  return { transport: 'oci-archive', path };
}

/** They split it at commas, and know no quotes. */
function secret({ id, from }: SecretReference): string {
  if ('env' in from) return `id=${id},env=${from.env}`;
  if (!from.path.includes(',')) return `id=${id},src=${from.path}`;
  throw new ProjectError('INGOT_DOCKERFILE_SECRET', `secret "${id}": podman and buildah take no path with a comma`, {
    path: from.path,
    help: 'name a file whose path has none, or give the secret by an environment variable',
  });
}
