import { resolve } from 'node:path';

import type { Descriptor, Fetcher, Ingester, Located, Store } from '@ingot/content';
import { docker, recompressTo } from '@ingot/content';
import type { IsoContent } from '@ingot/iso9660';

import { SolutionError } from '../error.ts';
import { missingBlob } from '../plan/missing-blob.ts';
import type { Plan, PlannedContent, PlannedFile, PlannedRecompression } from '../plan/plan.ts';

/** Finds what a plan names. */
export interface ContentSources {
  readonly workspaceRoot: string;
  /** Opens a source of the plan, in the grammar of sources, with paths relative to the workspace root. */
  readonly open: (source: string) => Promise<Fetcher & Located>;
  /** The shared blob store, where recompressed layers are kept. */
  readonly store: Store &
    Ingester &
    Located & {
      /** Reads a blob; false where it is missing, or wrong: then it is removed. */
      verify(descriptor: Descriptor): Promise<boolean>;
    };
}

type BlobContent = Extract<PlannedContent, { source: string }>;

/**
 * Where the bytes of each content of a plan are, by digest. Layers that the plan had recompressed are made again where
 * the store no longer has them. Throws INGOT_BLOB_MISSING naming the blob, its image and its source, and the reason of an
 * aborted `signal`.
 */
export async function locateContents(
  plan: Plan,
  sources: ContentSources,
  signal?: AbortSignal,
): Promise<Map<string, IsoContent>> {
  const open = once(async (source) => stoppable(await sources.open(source), signal));
  const found = new Map<string, IsoContent>();
  for (const file of plan.files) {
    signal?.throwIfAborted();
    if (found.has(file.digest)) continue;
    const content = plan.contents[file.digest];
    if (content === undefined) throw badPlan(`the plan names no content for ${file.path}`);
    if ('text' in content) found.set(file.digest, { bytes: new TextEncoder().encode(content.text) });
    else if ('file' in content) found.set(file.digest, { path: resolve(sources.workspaceRoot, content.file) });
    else found.set(file.digest, await locateBlob(file, content, open, sources.store));
  }
  return found;
}

/** A plan that this version of Ingot can't have written. */
export function badPlan(message: string, cause?: unknown): SolutionError {
  return new SolutionError('INGOT_PLAN', message, {
    help: 'Plan the Solution again: run the target that plans it (plan), with --skip-nx-cache.',
    cause,
  });
}

type Open = ContentSources['open'];

async function locateBlob(
  file: PlannedFile,
  content: BlobContent,
  open: Open,
  store: ContentSources['store'],
): Promise<IsoContent> {
  const mediaType = 'mediaType' in content ? content.mediaType : content.recompressed.mediaType;
  const descriptor: Descriptor = { mediaType, digest: file.digest, size: file.size };
  const kept = await store.locate(descriptor);
  if ('recompressed' in content) {
    return kept ?? (await recompressed(file, content.source, content.recompressed, open, store));
  }
  const from = await open(content.source);
  const span = (await from.locate(descriptor)) ?? kept;
  if (span !== undefined) return { path: span.path, offset: span.offset };
  if (await from.exists(descriptor)) return { fetch: () => from.fetch(descriptor) };
  throw missingBlob(content.source, descriptor);
}

async function recompressed(
  file: PlannedFile,
  source: string,
  { level, ...from }: PlannedRecompression,
  open: Open,
  store: ContentSources['store'],
): Promise<IsoContent> {
  const fetcher = await open(source);
  if (!(await fetcher.exists(from))) throw missingBlob(source, from);
  const descriptor = { mediaType: docker.layer, digest: file.digest, size: file.size };
  await recompressTo(fetcher, from, descriptor, store, { level });
  const span = await store.locate(descriptor);
  if (span === undefined) throw missingBlob(source, descriptor);
  return { path: span.path, offset: span.offset };
}

/** Recompressing a layer takes minutes: each piece that is read of it hears the signal. */
function stoppable(fetcher: Fetcher & Located, signal: AbortSignal | undefined): Fetcher & Located {
  if (signal === undefined) return fetcher;
  return {
    exists: (blob) => fetcher.exists(blob),
    locate: (blob) => fetcher.locate(blob),
    async *fetch(blob, range) {
      for await (const part of fetcher.fetch(blob, range)) {
        signal.throwIfAborted();
        yield part;
      }
    },
  };
}

function once<T>(open: (source: string) => Promise<T>): (source: string) => Promise<T> {
  const opened = new Map<string, Promise<T>>();
  return (source) => {
    const promise = opened.get(source) ?? open(source);
    opened.set(source, promise);
    return promise;
  };
}
