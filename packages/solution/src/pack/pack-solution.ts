import { join } from 'node:path';

import { implantMd5, planIso, writeIso } from '@ingot/iso9660';

import { isoTree } from '../plan/iso-tree.ts';
import type { Plan } from '../plan/plan.ts';
import { isoName, planDigest } from '../plan/plan.ts';
import type { ContentSources } from './contents.ts';
import { badPlan, locateContents } from './contents.ts';
import type { PackResult } from './pack-result.ts';
import { packedAlready, recordPack } from './pack-result.ts';

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
}

/**
 * Writes the ISO of a plan straight from the blobs, each checked against its digest as it streams. The ISO appears under
 * its name only when it is whole; what was there before stays until then.
 * Throws INGOT_PLAN, INGOT_BLOB_MISSING and what `writeIso` throws.
 */
export async function packSolution(request: PackRequest): Promise<Packed> {
  const { plan, outputFolder, mediaCheck } = request;
  const file = join(outputFolder, isoName(plan));
  const wanted = { plan: planDigest(request.planBytes), mediaCheck, size: plan.size };
  const before = await packedAlready(file, wanted);
  if (before !== undefined) return { file, result: before, written: false };

  const contents = await locateContents(plan, request.sources);
  const { volumeId, time } = plan;
  const iso = planIso(
    isoTree(plan, ({ digest, path }) => contents.get(digest) ?? noContent(path)),
    { volumeId, time },
  );
  if (iso.size !== plan.size) throw badPlan(`the plan says ${plan.size} bytes, and its files make ${iso.size}`);
  const { sha256 = '' } = await writeIso(iso, file, {
    hash: true,
    ...(mediaCheck ? { md5: implantMd5 } : {}),
    ...(request.onBytes === undefined ? {} : { onBytes: request.onBytes }),
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  });
  return { file, result: await recordPack(file, { ...wanted, sha256 }), written: true };
}

function noContent(path: string): never {
  throw badPlan(`the plan names no content for ${path}`);
}
