import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { BlobFolder } from './blob-folder.ts';

/**
 * The blobs that all projects of a user share, named by their digest. Safe for parallel processes and for kill -9. A
 * blob that is found to be wrong is removed, so that the next push brings the right one.
 */
export class BlobStore extends BlobFolder {
  /** `folder` is for tests; else $INGOT_STORE, else the user's cache folder. */
  constructor(folder: string = storeFolder()) {
    super(folder, { dropsWrong: true });
  }
}

/**
 * Where the shared store lies: $INGOT_STORE, else ingot/store in the user's cache folder ($XDG_CACHE_HOME or ~/.cache,
 * ~/Library/Caches on macOS, %LOCALAPPDATA% on Windows).
 */
export function storeFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: string = process.platform,
): string {
  if (env['INGOT_STORE']) return resolve(env['INGOT_STORE']);
  return join(cacheFolder(env, platform), 'ingot', 'store');
}

function cacheFolder(env: Readonly<Record<string, string | undefined>>, platform: string): string {
  const home = env['HOME'] || homedir();
  if (platform === 'darwin') return join(home, 'Library', 'Caches');
  if (platform === 'win32') return env['LOCALAPPDATA'] || join(home, 'AppData', 'Local');
  // The XDG base directory specification: relative paths there are to be ignored.
  const xdg = env['XDG_CACHE_HOME'];
  return xdg?.startsWith('/') ? xdg : join(home, '.cache');
}
