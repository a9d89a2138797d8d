import { chmod, lstat, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '@ingot/workspace';
import { isAlive } from '../../program/is-alive.ts';

/** The process that made it, and the namespace in which its number counts: containers may share a folder. */
const syntax = /^ingot-(?:rootfs|apt)-(\d+)-(\d+)-\w{6}$/;

/** Folders that a build needs for its own time. */
export interface Temporary {
  /** For everybody to enter: where the tree is built, by whatever users the system has. */
  readonly tree: string;
  /** For its owner alone: settings and credentials of apt. */
  readonly secret: string;
}

/**
 * Makes the folders for the time of `work`; afterwards nothing is left of them, nor mounted in them. What processes left
 * that were killed goes first.
 */
export async function withTemporary<T>(work: (temporary: Temporary) => Promise<T>): Promise<T> {
  const namespace = await pidNamespace();
  await sweep(namespace);
  const own = `${process.pid}-${namespace}-`;
  const tree = await mkdtemp(join(tmpdir(), `ingot-rootfs-${own}`));
  const secret = await mkdtemp(join(tmpdir(), `ingot-apt-${own}`));
  try {
    await chmod(tree, 0o755);
    return await work({ tree, secret });
  } finally {
    await rm(secret, { recursive: true, force: true });
    await removeTree(tree);
  }
}

/** Where numbers of processes are the same ones; pid_namespaces(7). */
async function pidNamespace(): Promise<string> {
  const link = await readlink('/proc/self/ns/pid').catch(() => '');
  return /\d+/.exec(link)?.[0] ?? '0';
}

/** Removes what is this user's, and of processes that are no more. */
async function sweep(namespace: string): Promise<void> {
  for (const name of await readdir(tmpdir()).catch(() => [])) {
    const [, pid, where] = syntax.exec(name) ?? [];
    if (pid === undefined || where !== namespace || isAlive(Number(pid))) continue;
    const path = join(tmpdir(), name);
    const found = await lstat(path).catch(() => undefined);
    if (found?.isDirectory() === true && found.uid === process.getuid?.()) await removeTree(path);
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
