import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '@ingot/workspace';

/** Folders that a build needs for its own time. */
export interface Temporary {
  /** For everybody to enter: where the tree is built, by whatever users the system has. */
  readonly tree: string;
  /** For its owner alone: settings and credentials of apt. */
  readonly secret: string;
}

/** Makes the folders for the time of `work`; afterwards nothing is left of them, nor mounted in them. */
export async function withTemporary<T>(work: (temporary: Temporary) => Promise<T>): Promise<T> {
  const tree = await mkdtemp(join(tmpdir(), 'ingot-rootfs-'));
  const secret = await mkdtemp(join(tmpdir(), 'ingot-apt-'));
  try {
    await chmod(tree, 0o755);
    return await work({ tree, secret });
  } finally {
    await rm(secret, { recursive: true, force: true });
    await removeTree(tree);
  }
}

/**
 * Removes a tree that a program was building. In root mode the host's /sys and /proc may still be mounted in it: they
 * are let go of first, and no other file system is entered. Without root its files belong to users of a namespace.
 */
async function removeTree(tree: string): Promise<void> {
  for (const mount of await mountsBelow(tree)) await runProgram('umount', ['--lazy', mount]);
  const remove = ['rm', '--recursive', '--force', '--one-file-system', tree];
  const ended = await runProgram(remove[0]!, remove.slice(1));
  if (ended?.code === 0) return;
  // As mmdebstrap enters the namespace itself (mmdebstrap(1), MODES, unshare).
  await runProgram('mmdebstrap', ['--unshare-helper', ...remove]);
  await runProgram(remove[0]!, remove.slice(1));
}

/** What is mounted below a folder, innermost first. proc_pid_mountinfo(5). */
async function mountsBelow(folder: string): Promise<string[]> {
  const text = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  return text
    .split('\n')
    .map((line) =>
      (line.split(' ')[4] ?? '').replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))),
    )
    .filter((mount) => mount.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length);
}
