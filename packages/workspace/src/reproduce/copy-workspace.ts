import {
  chmod,
  copyFile,
  lstat,
  lutimes,
  mkdir,
  readdir,
  readlink,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { constants, existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { runProgram } from '../run/program.ts';

export interface CopyOptions {
  /** As `workspaceFiles` lists them. */
  readonly files: readonly string[];
  /** Takes its bits out of the modes, as a clone made with it would have them. */
  readonly umask: number;
  /** What files were last changed, in seconds since 1970. */
  readonly mtime: number;
}

/** Copies a workspace's files; what is installed (node_modules) is linked, and so is git's folder. */
export async function copyWorkspace(root: string, copy: string, { files, umask, mtime }: CopyOptions): Promise<void> {
  await mkdir(copy, { recursive: true });
  const folders = new Set(['.']);
  for (const file of files) {
    const found = await lstat(join(root, file)).catch(() => undefined);
    // Known to git, but deleted; or a submodule, whose files nobody has listed.
    if (found === undefined || found.isDirectory()) continue;
    const target = join(copy, file);
    for (let folder = dirname(file); !folders.has(folder); folder = dirname(folder)) folders.add(folder);
    await mkdir(dirname(target), { recursive: true });
    if (found.isSymbolicLink()) {
      await symlink(await readlink(join(root, file)), target);
      await lutimes(target, mtime, mtime);
      continue;
    }
    await copyFile(join(root, file), target, constants.COPYFILE_FICLONE);
    await chmod(target, ((found.mode & 0o100) === 0 ? 0o666 : 0o777) & ~umask);
    await utimes(target, mtime, mtime);
  }
  for (const folder of folders) {
    await chmod(join(copy, folder), 0o777 & ~umask);
    if (existsSync(join(root, folder, 'node_modules'))) await linkModules(root, copy, join(folder, 'node_modules'));
  }
  await linkGit(root, copy);
}

/**
 * A node_modules whose members are links to what is installed: but those that lead to packages of the workspace itself
 * lead to those of the copy.
 */
async function linkModules(root: string, copy: string, folder: string): Promise<void> {
  const own = join(root, folder);
  if ((await lstat(own)).isSymbolicLink()) return linkTo(root, copy, folder);
  await mkdir(join(copy, folder), { recursive: true });
  for (const entry of await readdir(own, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.name === '.cache') continue;
    if (entry.isDirectory() && entry.name.startsWith('@')) await linkModules(root, copy, path);
    else await linkTo(root, copy, path);
  }
}

async function linkTo(root: string, copy: string, path: string): Promise<void> {
  const original = join(root, path);
  const isLink = (await lstat(original)).isSymbolicLink();
  const target = isLink ? resolve(dirname(original), await readlink(original)) : original;
  const inside = relative(root, target);
  const isOwn = isLink && !inside.startsWith('..') && !isAbsolute(inside);
  await symlink(isOwn ? join(copy, inside) : target, join(copy, path));
}

/** git answers in the copy as it does in the workspace. */
async function linkGit(root: string, copy: string): Promise<void> {
  const ended = await runProgram(
    'git',
    ['-c', 'safe.directory=*', 'rev-parse', '--absolute-git-dir', '--show-prefix'],
    {
      cwd: root,
    },
  );
  const [folder, prefix = ''] = ended?.code === 0 ? ended.lines : [];
  if (folder !== undefined && prefix === '') await writeFile(join(copy, '.git'), `gitdir: ${folder}\n`);
}
