import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDigest, isIndex, isManifest, parseIndex, parseManifest, refName, title } from '@ingot/content';
import { wholeFile } from './bytes.ts';
import { field, within } from './comparer.ts';
import { jsonDifferences } from './json.ts';
import type { Descriptor } from '@ingot/content';
import type { Difference, Inside } from './comparer.ts';

/** Is the folder an OCI layout? */
export async function isLayout(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch((): string[] => []);
  return names.includes('index.json') && names.includes('blobs');
}

/** Two OCI layouts: names the manifest, its field, the layer and what differs in it. Throws for what is none. */
export async function* layoutDifferences(first: string, second: string, inside: Inside): AsyncGenerator<Difference> {
  const [one, other] = [await indexOf(first), await indexOf(second)];
  yield* within('index.json', of(jsonDifferences(bare(one), bare(other))));
  yield* new Layouts(first, second, inside).lists('index.json: manifest', members(one), members(other), 0);
  yield* unreferenced(first, second);
}

class Layouts {
  readonly #first: string;
  readonly #second: string;
  readonly #inside: Inside;
  readonly #seen = new Set<string>();

  constructor(first: string, second: string, inside: Inside) {
    this.#first = first;
    this.#second = second;
    this.#inside = inside;
  }

  async *lists(
    what: string,
    first: readonly Descriptor[],
    second: readonly Descriptor[],
    depth: number,
  ): AsyncGenerator<Difference> {
    for (let index = 0; index < Math.max(first.length, second.length); index++) {
      const [one, other] = [first[index], second[index]];
      const place = `${what} ${index}${named(one ?? other)}`;
      if (one === undefined || other === undefined) {
        yield { at: [place], first: one?.digest ?? '(none)', second: other?.digest ?? '(none)' };
      } else yield* within(place, this.#descriptors(one, other, depth));
    }
  }

  async *#descriptors(first: Descriptor, second: Descriptor, depth: number): AsyncGenerator<Difference> {
    const { digest, size, ...one } = first;
    const { digest: otherDigest, size: otherSize, ...other } = second;
    yield* within('descriptor', of(jsonDifferences(one, other)));
    if (digest === otherDigest || depth > 8) {
      yield* field('size', size, otherSize);
      return;
    }
    const key = `${digest} ${otherDigest}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const [a, b] = [await blob(this.#first, digest), await blob(this.#second, otherDigest)];
    // A layout may lack what is inherited.
    if (a === undefined || b === undefined) yield* field('digest', digest, otherDigest);
    else if (isIndex(first.mediaType) || isManifest(first.mediaType)) yield* this.#manifests(first, second, depth);
    else yield* this.#inside.compare({ name: first.annotations?.[title] ?? '', first: a, second: b });
  }

  async *#manifests(first: Descriptor, second: Descriptor, depth: number): AsyncGenerator<Difference> {
    const [one, other] = [await manifestOf(this.#first, first), await manifestOf(this.#second, second)];
    yield* of(jsonDifferences(bare(one), bare(other)));
    if (one['config'] !== undefined && other['config'] !== undefined) {
      const [a, b] = [one['config'], other['config']] as unknown as readonly [Descriptor, Descriptor];
      yield* within('config', this.#descriptors(a, b, depth + 1));
    }
    yield* this.lists(isIndex(first.mediaType) ? 'manifest' : 'layer', members(one), members(other), depth + 1);
  }
}

type Json = Readonly<Record<string, unknown>>;

/** Without the descriptors of what has bytes of its own. */
function bare({ config: _config, layers: _layers, manifests: _manifests, ...rest }: Json): Json {
  return rest;
}

function members({ layers, manifests }: Json): readonly Descriptor[] {
  return (manifests ?? layers ?? []) as readonly Descriptor[];
}

function named(descriptor: Descriptor | undefined): string {
  const { annotations, platform } = descriptor ?? {};
  const name =
    annotations?.[refName] ?? annotations?.[title] ?? (platform && `${platform.os}/${platform.architecture}`);
  return name === undefined ? '' : ` (${name})`;
}

async function indexOf(folder: string): Promise<Json> {
  const value = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')) as Json;
  if (!Array.isArray(value['manifests'])) throw new TypeError('no index');
  for (const one of value['manifests'] as Descriptor[]) if (!isDigest(one.digest)) throw new TypeError('no digest');
  return value;
}

async function manifestOf(folder: string, descriptor: Descriptor): Promise<Json> {
  const bytes = await readFile(pathOf(folder, descriptor.digest));
  const parse = isIndex(descriptor.mediaType) ? parseIndex : parseManifest;
  return parse(bytes, descriptor) as unknown as Json;
}

async function blob(folder: string, digest: string) {
  const path = pathOf(folder, digest);
  const found = await lstat(path).catch(() => undefined);
  return found?.isFile() === true ? wholeFile(path) : undefined;
}

function pathOf(folder: string, digest: string): string {
  return join(folder, 'blobs', ...digest.split(':', 2));
}

/** Blobs that only one of the two has, and nothing names. */
async function* unreferenced(first: string, second: string): AsyncGenerator<Difference> {
  const [one, other] = [await blobsIn(first), await blobsIn(second)];
  if (one.length === other.length) return;
  yield* field('number of blobs', one.length, other.length);
}

async function blobsIn(folder: string): Promise<readonly string[]> {
  return readdir(join(folder, 'blobs/sha256')).catch(() => []);
}

async function* of(differences: Iterable<Difference>): AsyncGenerator<Difference> {
  yield* differences;
}
