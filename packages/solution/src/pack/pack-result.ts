import { readFile, stat, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { digestOfFile } from '@ingot/content';

import { removeFile, writeWhole } from '../write-whole.ts';

/** pack.json, beside the ISO: what was packed, for whoever needs its digest and for the next `pack`. */
export interface PackResult {
  readonly ingot: 'pack-result/v1';
  /** The ISO's file name. */
  readonly file: string;
  /** In bytes. */
  readonly size: number;
  /** Of the ISO, 64 hex digits. */
  readonly sha256: string;
  /** Digest of the plan.json that it was packed from. */
  readonly plan: string;
  readonly mediaCheck: boolean;
}

/** What an ISO must have been packed from to be left as it is. */
export type PackWanted = Pick<PackResult, 'plan' | 'mediaCheck' | 'size'>;

function resultFile(iso: string): string {
  return join(dirname(iso), 'pack.json');
}

/**
 * The result of an earlier pack, if the ISO at `file` is what that pack wrote for the same plan.
 * Nothing is read where the ISO was not touched since (pack.json is written last, so it is the younger of the two);
 * otherwise, as after a restore from a cache, the ISO's digest decides.
 */
export async function packedAlready(file: string, wanted: PackWanted): Promise<PackResult | undefined> {
  const result = await readResult(resultFile(file));
  if (result === undefined || result.file !== basename(file)) return undefined;
  if (result.plan !== wanted.plan || result.mediaCheck !== wanted.mediaCheck || result.size !== wanted.size)
    return undefined;
  if ((await readFile(`${file}.sha256`, 'utf8').catch(() => '')) !== checksumLine(result)) return undefined;
  const iso = await stat(file, { bigint: true }).catch(() => undefined);
  if (iso === undefined || !iso.isFile() || iso.size !== BigInt(wanted.size)) return undefined;
  const recorded = await stat(resultFile(file), { bigint: true });
  if (iso.mtimeNs < recorded.mtimeNs && iso.ctimeNs < recorded.ctimeNs) return result;
  if ((await digestOfFile(file)) !== `sha256:${result.sha256}`) return undefined;
  const now = new Date();
  await utimes(resultFile(file), now, now).catch(() => undefined);
  return result;
}

/** Writes the .sha256 beside a finished ISO (as sha256sum does, so that `sha256sum -c` reads it), then pack.json. */
export async function recordPack(file: string, facts: PackWanted & { readonly sha256: string }): Promise<PackResult> {
  const { size, sha256, plan, mediaCheck } = facts;
  const result: PackResult = { ingot: 'pack-result/v1', file: basename(file), size, sha256, plan, mediaCheck };
  await writeWhole(`${file}.sha256`, checksumLine(result));
  await writeWhole(resultFile(file), JSON.stringify(result, undefined, 2) + '\n');
  return result;
}

/**
 * Removes what an earlier pack recorded, before another ISO takes the place of its own: sums that are missing make the
 * next pack write again, sums of another ISO would make everybody doubt this one.
 */
export async function forgetPack(file: string): Promise<void> {
  await removeFile(resultFile(file));
  await removeFile(`${file}.sha256`);
}

function checksumLine({ sha256, file }: PackResult): string {
  return `${sha256}  ${file}\n`;
}

async function readResult(file: string): Promise<PackResult | undefined> {
  try {
    const value = JSON.parse(await readFile(file, 'utf8')) as Partial<PackResult> | null;
    return value?.ingot === 'pack-result/v1' ? (value as PackResult) : undefined;
  } catch {
    return undefined;
  }
}
