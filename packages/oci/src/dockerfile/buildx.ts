import { writeFile, copyFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { formatPlatform, matchesPlatform, parsePlatform, type Platform } from '@ingot/content';
import { argsOf, flags, type BuildRequest, type Engine } from './engine.ts';
import type { Runs } from './emulation.ts';
import type { SecretReference } from './secrets.ts';

const archive = 'image.tar';

/** Docker's buildx, with the builder in use or a named one: BuildKit, here or far away. */
export function buildx(builder: string | undefined, platforms: readonly Platform[]): Engine {
  const runs: Runs = (platform) => platforms.some((has) => matchesPlatform(platform, has));
  return {
    name: 'buildx',
    runs,
    unable: () => [],
    async build(request, run) {
      const file = await besideItsIgnoreFile(request);
      await run('docker', ['buildx', 'build', ...builderFlag(builder), ...buildFlags(request, file), request.context]);
      return request.platforms.map(() => ({ transport: 'oci-archive', path: archive }));
    },
  };
}

export function builderFlag(builder: string | undefined): string[] {
  return builder === undefined ? [] : ['--builder', builder];
}

/** All platforms at once: else the cache of one would take the place of another's. */
function buildFlags(request: BuildRequest, file: string): string[] {
  return [
    '--progress=plain',
    ...['--file', file],
    ...['--platform', request.platforms.map(formatPlatform).join(',')],
    ...(request.target === undefined ? [] : ['--target', request.target]),
    ...['--output', `type=oci,dest=${archive},rewrite-timestamp=true`],
    // They hold the time and the machine of the build.
    ...['--provenance=false', '--sbom=false'],
    ...flags('--build-arg', argsOf(request)),
    ...flags('--secret', request.secrets.map(secret)),
    ...flags('--cache-from', request.cacheFrom),
    ...flags('--cache-to', request.cacheTo),
  ];
}

/** A copy of the Dockerfile, since BuildKit takes the .dockerignore that lies beside it, by its name. */
async function besideItsIgnoreFile({ file, folder, ignore }: BuildRequest): Promise<string> {
  const copy = join(folder, basename(file));
  await copyFile(file, copy);
  await writeFile(`${copy}.dockerignore`, ignore);
  return copy;
}

/** A line of CSV, as buildx reads it. */
function secret({ id, from }: SecretReference): string {
  const source = 'env' in from ? `env=${from.env}` : `src=${from.path}`;
  return `id=${id},${/[",\n]/.test(source) ? `"${source.replaceAll('"', '""')}"` : source}`;
}

/** The platforms of a builder's nodes, as `docker buildx inspect` prints them. */
export function platformsOfBuilder(lines: readonly string[]): Platform[] {
  return lines
    .flatMap((line) => /^Platforms:\s*(.+)$/.exec(line.trim())?.[1]?.split(',') ?? [])
    .map((name) => name.replace(/\(\+\d+\)|\*/g, '').trim())
    .filter((name) => /^[a-z0-9_]+(\/[a-z0-9_.-]+){1,2}$/.test(name))
    .map(parsePlatform);
}
