import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { referee } from '../referee.ts';

/**
 * What `skopeo <args>` prints. Nothing of the person's own settings counts. Not synchronous: a server in this process
 * could not answer it.
 */
export async function skopeo(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const clean = { PATH: process.env['PATH'], TMPDIR: process.env['TMPDIR'], HOME: '/nonexistent', ...env };
  const { stdout } = await promisify(execFile)(referee('skopeo'), ['--insecure-policy', ...args], {
    env: clean,
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}
