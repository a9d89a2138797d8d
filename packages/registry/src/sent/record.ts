import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** So many repositories does a record remember. */
const mostHolders = 8;

/** Repositories as parseReference makes them: whatever else lies there was not written by us. */
const repositorySyntax = /^[a-z0-9][a-z0-9._/-]{0,254}$/;

/** The repositories in a record, the latest first. Empty for one that is not there or cannot be read. */
export async function readRecord(path: string): Promise<readonly string[]> {
  try {
    const lines = (await readFile(path, 'utf8')).slice(0, 4096).split('\n');
    return lines.filter((line) => repositorySyntax.test(line)).slice(0, mostHolders);
  } catch {
    return [];
  }
}

/**
 * Writes a record whole, if not for ever: it may be lost with the power. What cannot be written is not remembered:
 * that costs time, nothing else.
 */
export async function writeRecord(path: string, repositories: readonly string[]): Promise<void> {
  const temporary = `${path}.${randomBytes(8).toString('hex')}`;
  const lines = repositories.slice(0, mostHolders).map((one) => `${one}\n`);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, lines.join(''));
    await rename(temporary, path);
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}
