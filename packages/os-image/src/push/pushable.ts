import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { firstOf, LayoutStore, stagingFolder } from '@ingot/content';
import type { Pushable } from '@ingot/oci';
import { ProjectError, runProgram } from '@ingot/workspace';
import type { PushDescription } from '../description/description.ts';
import type { FormatResult } from '../format/format.ts';
import { requireTools } from '../program/tools.ts';

/** A format's output. */
export interface BuiltFormat {
  readonly result: FormatResult;
  /** That the result's paths are relative to. Absolute. */
  readonly folder: string;
}

/**
 * Does `work` with what a push of the format sends. Stores in archives (Garden Linux's) are unpacked for that time, beside
 * the format's output. Throws ProjectErrors INGOT_OS_IMAGE_PUSH, INGOT_TOOL_MISSING, INGOT_TOOL_FAILED, and what `work`
 * throws.
 */
export async function withPushable<T>(
  { result, folder }: BuiltFormat,
  { place, format }: PushDescription,
  signal: AbortSignal,
  work: (what: Pushable) => Promise<T>,
): Promise<T> {
  if (result.roots.length === 0) {
    throw new ProjectError('INGOT_OS_IMAGE_PUSH', `the format ${format} has nothing that a registry takes`, {
      place,
      help: 'push onmetal, ironcore, gardenlinux, ironic or container; metal-stack has `publish`',
    });
  }
  const archives = [...new Set(result.roots.map(({ layout }) => layout).filter((each) => each.endsWith('.tar.xz')))];
  const unpacked = await stagingFolder(folder);
  try {
    const stores = new Map<string, LayoutStore>();
    for (const archive of archives) {
      const to = join(unpacked, String(stores.size));
      await unpack(join(folder, archive), to, signal);
      stores.set(archive, new LayoutStore(join(to, 'onmetal')));
    }
    for (const { layout } of result.roots) {
      if (!stores.has(layout)) stores.set(layout, new LayoutStore(join(folder, layout)));
    }
    const roots = result.roots.map(({ mediaType, digest, size, suffix }) => ({
      descriptor: { mediaType, digest, size },
      suffix,
    }));
    return await work({ roots, fetcher: firstOf([...stores.values()]), knownIn: () => [], artifact: undefined });
  } finally {
    await rm(unpacked, { recursive: true, force: true });
  }
}

/** Onto the disk: a registry wants each blob by itself. */
async function unpack(archive: string, folder: string, signal: AbortSignal): Promise<void> {
  await requireTools(['tar', 'xz']);
  await mkdir(folder, { recursive: true });
  const ended = await runProgram('tar', ['-x', '-J', '--no-same-owner', '-f', archive, '-C', folder], { signal });
  if (ended?.code === 0) return;
  throw new ProjectError('INGOT_TOOL_FAILED', `tar ended with ${ended?.code}: ${ended?.lines.join('\n')}`, {
    path: archive,
    help: 'run the target gardenlinux again with --skip-nx-cache',
  });
}
