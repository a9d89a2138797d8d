import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { DockerArchive } from '../archive/docker-archive.ts';
import { ContentError } from '../error.ts';
import { nameOfReference } from './image-name.ts';
import type { OpenedSource } from './opened-source.ts';

/** Which image of a docker-archive: by one of its tags, by its position, or the only one. */
export interface WhichImage {
  readonly reference?: string;
  readonly index?: number;
}

/** Opens an image of the docker-archive at `tar`. Throws ContentError INGOT_SOURCE_REFERENCE, INGOT_DOCKER_ARCHIVE, INGOT_TAR. */
export async function openDockerArchive(tar: string, which: WhichImage): Promise<OpenedSource> {
  const archive = await DockerArchive.open(tar);
  const { root, tags } = await archive.image(which.index ?? findImage(archive.tags, which.reference, tar));
  const name = which.reference ?? tags[0];
  return { root, fetcher: archive, ...(name === undefined ? {} : nameOfReference(withTag(name))) };
}

function findImage(images: readonly (readonly string[])[], reference: string | undefined, tar: string): number {
  if (reference === undefined && images.length === 1) return 0;
  const wanted = reference === undefined ? undefined : fullReference(reference);
  const found = images.findIndex((tags) => tags.some((tag) => fullReference(tag) === wanted));
  if (found >= 0 && wanted !== undefined) return found;
  const what =
    wanted === undefined
      ? `holds ${images.length} images, and the source does not say which`
      : `holds no image ${reference}`;
  const there = images.map((tags, index) => tags[0] ?? `@${index}`);
  throw new ContentError('INGOT_SOURCE_REFERENCE', `${tar} ${what}`, {
    path: tar,
    help: there.length > 0 ? `There is: ${there.slice(0, 20).join(', ')}` : 'It is empty: save it again.',
  });
}

/** `nginx` is `docker.io/library/nginx:latest` (distribution reference, ParseNormalizedNamed and TagNameOnly). */
function fullReference(reference: string): string {
  const tagged = withTag(reference);
  const [first = '', ...rest] = tagged.split('/');
  if (rest.length === 0) return `docker.io/library/${tagged}`;
  return /[.:]/.test(first) || first === 'localhost' ? tagged : `docker.io/${tagged}`;
}

/** Docker takes a name without a tag for all of its tags, or for `latest`, as it pleases. */
export function withTag(reference: string): string {
  const last = reference.slice(reference.lastIndexOf('/') + 1);
  return /[:@]/.test(last) ? reference : `${reference}:latest`;
}

/**
 * Lets the Docker engine write an image to the file `tar`. Throws ContentError INGOT_SOURCE_DOCKER where there is no
 * docker program, no engine, or no such image.
 */
export async function dockerSave(reference: string, tar: string): Promise<void> {
  const save = ['save', '--output', tar, withTag(reference)];
  const child = spawn('docker', save, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (part: Buffer) => {
    if (said.length < 4096) said += part.toString('utf8');
  });
  let code: number | null;
  let signal: string | null;
  try {
    [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  } catch (cause) {
    throw noDocker(reference, 'the program docker could not be started', cause);
  }
  if (code !== 0) throw noDocker(reference, `docker save ended with ${code ?? signal}: ${said.trim()}`);
}

function noDocker(reference: string, what: string, cause?: unknown): ContentError {
  return new ContentError('INGOT_SOURCE_DOCKER', `docker-daemon:${reference} cannot be read: ${what}`, {
    cause,
    help: `Where there is a Docker engine that has the image, run "docker save -o image.tar ${reference}" and write docker-archive:image.tar`,
  });
}
