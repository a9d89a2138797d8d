import { chmod } from 'node:fs/promises';
import { ProjectError, runProgram } from '@ingot/workspace';
import { requireTools } from '../../program/tools.ts';
import type { Drive } from '../machine/machine.ts';

/** Copies a disk, sparse, into a raw file of our own. Throws ProjectErrors INGOT_TOOL_MISSING, INGOT_TOOL_FAILED. */
export async function rawCopy(
  { file, format }: Pick<Drive, 'file' | 'format'>,
  to: string,
  signal: AbortSignal,
): Promise<void> {
  const tools = await requireTools(['qemu-img']);
  const ended = await runProgram(tools['qemu-img'], ['convert', '-f', format, '-O', 'raw', file, to], { signal });
  if (ended?.code === 0) return chmod(to, 0o600);
  throw new ProjectError('INGOT_TOOL_FAILED', `qemu-img cannot copy the disk: ${ended?.lines.join('\n') ?? ''}`, {
    path: file,
    help: 'it may be damaged, or the disk of this machine full; build it again',
  });
}
