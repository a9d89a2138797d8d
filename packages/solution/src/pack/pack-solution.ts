import { join } from 'node:path';

import { digestOf, docker } from '@ingot/content';
import type { IsoContent, IsoPlan } from '@ingot/iso9660';
import { implantMd5, planIso, writeIso } from '@ingot/iso9660';

import { isoTree } from '../plan/iso-tree.ts';
import type { Plan, PlannedFile } from '../plan/plan.ts';
import { isoName } from '../plan/plan.ts';
import { makeFolder } from '../write-whole.ts';
import { contentError, faultyFile } from './content-error.ts';
import type { ContentSources } from './contents.ts';
import { badPlan, locateContents } from './contents.ts';
import type { PackResult } from './pack-result.ts';
import { forgetPack, packedAlready, recordPack } from './pack-result.ts';

/** What to pack, and where to. */
export interface PackRequest {
  readonly plan: Plan;
  /** plan.json as it lies on disk: its digest is what tells a finished ISO from one of another plan. */
  readonly planBytes: Uint8Array;
  readonly sources: ContentSources;
  /** The folder that the ISO, its .sha256 and pack.json go into. */
  readonly outputFolder: string;
  /** Writes the media check sums that `checkisomd5` reads. */
  readonly mediaCheck: boolean;
  readonly onBytes?: (count: number) => void;
  readonly signal?: AbortSignal;
}

/** What came of it. `written` is false where the ISO was there already. */
export interface Packed {
  readonly file: string;
  readonly result: PackResult;
  readonly written: boolean;
  /** Digests of blobs that were wrong in the shared store, and were had again. */
  readonly replaced: readonly string[];
}

/**
 * Writes the ISO of a plan straight from the blobs, each checked against its digest as it streams. The ISO appears under
 * its name only when it is whole; what was there before stays until then.
 * Throws INGOT_PLAN, INGOT_BLOB_MISSING, INGOT_BLOB_WRONG, INGOT_FILE_CHANGED and what `writeIso` throws.
 */
export async function packSolution(request: PackRequest): Promise<Packed> {
  const { plan, outputFolder, mediaCheck } = request;
  const file = join(outputFolder, isoName(plan));
  const wanted = { plan: digestOf(request.planBytes), mediaCheck, size: plan.size };
  const before = await packedAlready(file, wanted);
  if (before !== undefined) return { file, result: before, written: false, replaced: [] };

  await makeFolder(outputFolder);
  const { sha256, replaced } = await write(request, file);
  return { file, result: await recordPack(file, { ...wanted, sha256 }), written: true, replaced };
}

/** A blob of the shared store that turns out wrong is removed there, and everything begins again without it. */
async function write(request: PackRequest, file: string) {
  const { plan, sources, mediaCheck, onBytes, signal } = request;
  const replaced: string[] = [];
  for (;;) {
    const contents = await locateContents(plan, sources, signal);
    try {
      const { sha256 = '' } = await writeIso(layOut(plan, contents), file, {
        hash: true,
        beforeRename: () => forgetPack(file),
        ...(mediaCheck ? { md5: implantMd5 } : {}),
        ...(onBytes === undefined ? {} : { onBytes }),
        ...(signal === undefined ? {} : { signal }),
      });
      return { sha256, replaced };
    } catch (error) {
      const packed = { plan, workspaceRoot: sources.workspaceRoot, contents };
      const faulty = faultyFile(error, packed);
      if (faulty === undefined) throw error;
      if (replaced.includes(faulty.digest) || !(await dropped(faulty, sources.store))) {
        throw contentError(error as Error, faulty, packed);
      }
      replaced.push(faulty.digest);
    }
  }
}

/** Whether the store had the blob, and it was wrong. */
async function dropped({ digest, size }: PlannedFile, store: ContentSources['store']): Promise<boolean> {
  const blob = { mediaType: docker.layer, digest, size };
  return (await store.exists(blob)) && !(await store.verify(blob));
}

/** Throws INGOT_PLAN for what no ISO can hold, and where the size is not the planned one. */
function layOut(plan: Plan, contents: ReadonlyMap<string, IsoContent>): IsoPlan {
  const { volumeId, time } = plan;
  const iso = planned(() =>
    planIso(
      isoTree(plan, ({ digest, path }) => contents.get(digest) ?? noContent(path)),
      { volumeId, time },
    ),
  );
  if (iso.size !== plan.size) throw badPlan(`the plan says ${plan.size} bytes, and its files make ${iso.size}`);
  if (digestOf(iso.head) !== plan.head) throw badPlan('another version of Ingot laid out this plan, or it was edited');
  return iso;
}

function planned<T>(plan: () => T): T {
  try {
    return plan();
  } catch (cause) {
    throw badPlan(`the plan cannot be an ISO: ${(cause as Error).message}`, cause);
  }
}

function noContent(path: string): never {
  throw badPlan(`the plan names no content for ${path}`);
}
