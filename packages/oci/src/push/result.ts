import { dirname } from 'node:path';
import { writeWhole } from '@ingot/content';
import { ProjectError } from '@ingot/workspace';
import { ironicSettings, type IronicSettings } from '../artifact/ironic-lines.ts';
import type { PushDescription } from './description.ts';
import type { Pushable } from './pushable.ts';
import type { Pushed } from './push.ts';

/** Blobs and manifests, each once for each repository. */
export interface PushCount {
  readonly blobs: number;
  /** Their sizes. */
  readonly bytes: number;
}

/** What became of all that was to be pushed. A manifest that was there stands for all that it names. */
export interface PushTotals {
  readonly sent: PushCount;
  /** Taken over from another repository of the same registry, without a byte on the way. */
  readonly mounted: PushCount;
  readonly present: PushCount;
}

/** A name in a registry, and what it names now. */
export interface PushedReference {
  /** Complete; with a tag, or with a digest for what is attached. */
  readonly reference: string;
  readonly mediaType: string;
  readonly digest: string;
  /** Of the manifest or index itself, in bytes. */
  readonly size: number;
  /** The digest of the image that it is attached to. */
  readonly attachedTo?: string;
}

/** `push.json`: what a `push` target did. */
export interface PushResult extends PushTotals {
  readonly ingot: 'push-result/v1';
  readonly name: string;
  readonly version: string;
  readonly references: readonly PushedReference[];
  /** What an operator of Ironic sets, for each repository and tag. */
  readonly ironic?: readonly IronicSettings[];
}

/** The sums over several repositories. */
export function addTotals(all: readonly PushTotals[]): PushTotals {
  const sum = (name: keyof PushTotals): PushCount => ({
    blobs: all.reduce((total, each) => total + each[name].blobs, 0),
    bytes: all.reduce((total, each) => total + each[name].bytes, 0),
  });
  return { sent: sum('sent'), mounted: sum('mounted'), present: sum('present') };
}

/** What a push did, out of what it did at each repository. */
export function pushResult(
  { name, version, repositories, tags }: PushDescription,
  { artifact }: Pushable,
  pushed: readonly Pushed[],
): PushResult {
  const places = repositories.flatMap(({ reference: { registry, repository } }) =>
    tags.map((tag) => ({ repository: `${registry}/${repository}`, tag })),
  );
  const ironic = places.flatMap((place) => (artifact && ironicSettings(artifact, place)) ?? []);
  return {
    ingot: 'push-result/v1',
    name,
    version,
    references: pushed.flatMap(({ references }) => references),
    ...addTotals(pushed.map(({ totals }) => totals)),
    ...(ironic.length === 0 ? {} : { ironic }),
  };
}

/** Writes push.json whole or not at all. Throws ProjectError INGOT_PUSH_RESULT: what was pushed is pushed. */
export async function writePushResult(path: string, result: PushResult): Promise<void> {
  try {
    await writeWhole(dirname(path), async (file) => {
      await file.writeFile(`${JSON.stringify(result, undefined, 2)}\n`);
      return path;
    });
  } catch (cause) {
    throw new ProjectError('INGOT_PUSH_RESULT', `pushed, but cannot write the result: ${(cause as Error).message}`, {
      path,
      cause,
      help: 'make room for it, or remove what stands there, and push again: nothing will be sent twice',
    });
  }
}
