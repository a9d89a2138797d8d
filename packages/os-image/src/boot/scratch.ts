import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ProjectError } from '@ingot/workspace';
import { isAlive } from '../program/is-alive.ts';

const syntax = /^\.boot-(\d+)-/;

/** A folder for temporary files below `parent`, in which those of processes that were killed are removed. */
export async function scratchFolder(parent: string): Promise<string> {
  for (const name of await readdir(parent)) {
    const pid = syntax.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(parent, name), { recursive: true, force: true });
  }
  return mkdtemp(join(parent, `.boot-${process.pid}-`));
}

/** An error that says that the disk is full, by itself or in the words of a program; any other as it is. */
export function diskFull(error: unknown, folder: string): unknown {
  const { code, message = '' } = error as NodeJS.ErrnoException;
  const said = code === 'INGOT_TOOL_FAILED' && /No space left on device|Disk quota exceeded/i.test(message);
  if (code !== 'ENOSPC' && code !== 'EDQUOT' && !said) return error;
  return new ProjectError('INGOT_DISK_FULL', `no space left for ${folder}`, {
    path: folder,
    cause: error,
    help: 'Free some space: a machine needs room for a copy of its disk, and for what it writes there.',
  });
}
