import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** Settings and credentials are small. In bytes. */
const largest = 1024 * 1024;

/**
 * A small text file; undefined where there is none. Never waits on a pipe. Throws an Error whose message says what is
 * wrong and quotes nothing of the file.
 */
export async function readText(path: string): Promise<string | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw new Error(`cannot be read (${error.code})`);
  });
  if (file === undefined) return undefined;
  try {
    const found = await file.stat();
    // /dev/null is a way to say: nothing.
    if (!found.isFile() && !found.isCharacterDevice()) throw new Error('is not a file');
    const buffer = Buffer.alloc(largest + 1);
    let size = 0;
    for (let read = -1; read !== 0 && size <= largest; size += read) {
      read = (await file.read(buffer, size, buffer.length - size)).bytesRead;
    }
    if (size > largest) throw new Error('has more than a million bytes');
    return buffer.toString('utf8', 0, size);
  } finally {
    await file.close();
  }
}

/** The person's home and the folder of their settings, as the environment has them. */
export function homeOf(env: NodeJS.ProcessEnv): string | undefined {
  const { HOME, USERPROFILE } = env;
  return HOME !== undefined && HOME !== '' ? HOME : USERPROFILE;
}
