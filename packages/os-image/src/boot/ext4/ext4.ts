import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, posix } from 'node:path';
import { ProjectError, runProgram } from '@ingot/workspace';
import { requireTools } from '../../program/tools.ts';

/** Something to be put into a file system. */
export type NewEntry =
  | { readonly path: string; readonly content: string; readonly mode: number }
  | { readonly path: string; readonly target: string };

/** What lies at a path. */
export interface Found {
  readonly type: 'file' | 'directory' | 'symlink' | 'other';
  /** In bytes. */
  readonly size: number;
  /** Of a symbolic link. */
  readonly target: string;
}

/** Symbolic links that may follow each other, as the kernel counts them (path_resolution(7)). */
const MAX_LINKS = 40;

/** An ext4 file system in a file, read and changed by debugfs: no mount, no root. Paths in it are absolute. */
export class Ext4 {
  readonly #file: string;
  readonly #offset: number;
  readonly #signal: AbortSignal;

  /** `file` holds it from byte `offset` on. */
  constructor(file: string, offset: number, signal: AbortSignal) {
    this.#file = file;
    this.#offset = offset;
    this.#signal = signal;
  }

  /** Replays the journal and puts in order what a machine left behind that was switched off. Throws INGOT_TOOL_FAILED. */
  async recover(): Promise<void> {
    const { e2fsck } = await requireTools(['e2fsck']);
    const { code, lines } = await this.#run(e2fsck, ['-p', this.#name()]);
    // 1: errors were corrected (e2fsck(8)).
    if (code !== undefined && code <= 1) return;
    throw failed('e2fsck', lines);
  }

  /** What lies at a path; a symbolic link at its end is not followed. Undefined: nothing. */
  async find(path: string): Promise<Found | undefined> {
    const lines = await this.#read(`stat ${quoted(path)}`);
    const type = /\bType: (regular|directory|symlink|\w+)/.exec(lines.join('\n'))?.[1];
    if (type === undefined) return undefined;
    const size = Number(/\bSize: (\d+)/.exec(lines.join('\n'))?.[1] ?? 0);
    const types = { regular: 'file', directory: 'directory', symlink: 'symlink' } as const;
    const known = types[type as keyof typeof types] ?? 'other';
    return { type: known, size, target: known === 'symlink' ? await this.#target(lines, path) : '' };
  }

  /** The path without symbolic links, as one finds it whose root this is. Undefined: it leads nowhere. */
  async resolve(path: string): Promise<string | undefined> {
    const names = path.split('/');
    let at = '/';
    for (let links = 0; names.length > 0;) {
      const name = names.shift() ?? '';
      const next = posix.join(at, name);
      if (next === at || name === '..') {
        at = next;
        continue;
      }
      const found = await this.find(next);
      if (found === undefined || (found.type !== 'directory' && found.type !== 'symlink' && names.length > 0)) return;
      if (found.type !== 'symlink') at = next;
      else {
        if (++links > MAX_LINKS) return undefined;
        names.unshift(...found.target.split('/'));
        if (found.target.startsWith('/')) at = '/';
      }
    }
    return at;
  }

  /** Copies a file out of it; links are followed. False where there is no such file. Throws INGOT_TOOL_FAILED. */
  async copyOut(path: string, to: string): Promise<boolean> {
    const resolved = await this.resolve(path);
    const found = resolved === undefined ? undefined : await this.find(resolved);
    if (resolved === undefined || found?.type !== 'file') return false;
    return await this.#inFolder(async (folder) => {
      const lines = await this.#commands(folder, [`dump ${quoted(resolved)} ${quoted(to)}`]);
      if (lines.length > 0) throw failed('debugfs', lines);
      return true;
    });
  }

  /** The text of a file of at most `limit` bytes; links are followed. Undefined where there is no such file. */
  async text(path: string, limit = 1024 * 1024): Promise<string | undefined> {
    const resolved = await this.resolve(path);
    const found = resolved === undefined ? undefined : await this.find(resolved);
    if (resolved === undefined || found?.type !== 'file' || found.size > limit) return undefined;
    return this.#inFolder(async (folder) => {
      await this.#commands(folder, [`dump ${quoted(resolved)} text`]);
      return readFile(join(folder, 'text'), 'utf8');
    });
  }

  /** Puts files and links into it, owned by root, in place of what is there; folders are made. Throws INGOT_TOOL_FAILED. */
  async put(entries: readonly NewEntry[]): Promise<void> {
    for (const entry of entries) {
      const folder = await this.#folder(dirname(entry.path));
      const path = posix.join(folder, basename(entry.path));
      const exists = (await this.find(path)) !== undefined;
      const remove = exists ? [`rm ${quoted(path)}`] : [];
      await this.#inFolder(async (work) => {
        if ('content' in entry) await writeFile(join(work, 'content'), entry.content);
        const lines = await this.#commands(work, [
          ...remove,
          ...('content' in entry ? fileAt(path, entry.mode) : linkAt(path, entry.target)),
        ]);
        if (lines.length > 0) throw failed('debugfs', lines);
      });
    }
  }

  /** Gives what lies at `path` another name in the same folder. */
  async rename(path: string, name: string): Promise<void> {
    await this.#inFolder(async (work) => {
      const to = posix.join(dirname(path), name);
      const lines = await this.#commands(work, [`ln ${quoted(path)} ${quoted(to)}`, `unlink ${quoted(path)}`]);
      if (lines.length > 0) throw failed('debugfs', lines);
    });
  }

  /** The folder of this path without links, made where it is not there. */
  async #folder(path: string): Promise<string> {
    const there = await this.resolve(path);
    if (there !== undefined) return there;
    const made = posix.join(await this.#folder(dirname(path)), basename(path));
    await this.#inFolder(async (work) => {
      const lines = await this.#commands(work, [`mkdir ${quoted(made)}`, ...attributes(made, 0o40755)]);
      if (lines.length > 0) throw failed('debugfs', lines);
    });
    return made;
  }

  async #target(lines: readonly string[], path: string): Promise<string> {
    const fast = lines.map((line) => /^Fast link dest: "(.*)"$/.exec(line)?.[1]).find((each) => each !== undefined);
    // A long one has a block of its own.
    return fast ?? (await this.#read(`cat ${quoted(path)}`)).join('\n');
  }

  /** The output of one command that only reads. */
  async #read(command: string): Promise<readonly string[]> {
    const { debugfs } = await requireTools(['debugfs']);
    const { lines } = await this.#run(debugfs, ['-R', command, this.#name()]);
    return lines.filter((line) => !/^debugfs \d/.test(line));
  }

  /** Runs commands in `folder`; answers what debugfs complains of. */
  async #commands(folder: string, commands: readonly string[]): Promise<readonly string[]> {
    const { debugfs } = await requireTools(['debugfs']);
    await writeFile(join(folder, 'commands'), `${commands.join('\n')}\n`);
    const { lines } = await this.#run(debugfs, ['-w', '-f', 'commands', this.#name()], folder);
    return lines.filter(
      (line) => !/^(debugfs[: ] ?|debugfs \d.*|Allocated inode: \d+)/.test(line) && line.trim() !== '',
    );
  }

  async #run(program: string, args: readonly string[], cwd = dirname(this.#file)) {
    const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', DEBUGFS_PAGER: 'cat', PAGER: 'cat' };
    const ended = await runProgram(program, args, { cwd, env, signal: this.#signal });
    return ended ?? { code: undefined, lines: [] };
  }

  /** As libext2fs takes it: a file name with options behind a question mark. */
  #name(): string {
    return this.#offset === 0 ? this.#file : `${this.#file}?offset=${this.#offset}`;
  }

  async #inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(dirname(this.#file), 'debugfs-'));
    try {
      return await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

function fileAt(path: string, mode: number): string[] {
  return [`write content ${quoted(path)}`, ...attributes(path, 0o100000 | mode)];
}

function linkAt(path: string, target: string): string[] {
  return [`symlink ${quoted(path)} ${quoted(target)}`];
}

function attributes(path: string, mode: number): string[] {
  const fields = { mode: `0${mode.toString(8)}`, uid: 0, gid: 0 };
  return Object.entries(fields).map(([field, value]) => `sif ${quoted(path)} ${field} ${value}`);
}

/** As a word of debugfs' command line. Throws INGOT_TOOL_FAILED for names that it cannot take. */
function quoted(word: string): string {
  if (/["\n\r\0]/.test(word)) throw failed('debugfs', [`cannot take the name ${JSON.stringify(word)}`]);
  return `"${word}"`;
}

function failed(program: string, lines: readonly string[]): ProjectError {
  return new ProjectError('INGOT_TOOL_FAILED', `${program} failed: ${lines.slice(-10).join('\n')}`, {
    help: 'the file system in the image may be damaged; build it again',
  });
}
