/**
 * Leaves a static linux/amd64 web server at dist/server: esbuild's program, which serves a folder over HTTP.
 * The bytes are those of the npm package @esbuild/linux-x64 in the version and with the integrity of package-lock.json,
 * whatever system this runs on: where npm installed the package they are taken from there, elsewhere npm fetches it.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { extract } from 'tar';

const root = join(import.meta.dirname, '../..');
const dist = join(import.meta.dirname, 'dist');
const name = '@esbuild/linux-x64';

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version: string; readonly integrity: string } | undefined>>;
}

/** The folder of the package's files: where npm installed it, else unpacked below `folder` after its integrity was checked. */
async function packageFolder(folder: string): Promise<string> {
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as Lock;
  const locked = lock.packages[`node_modules/${name}`];
  if (locked === undefined) throw new Error(`package-lock.json has no ${name}`);
  const installed = join(root, 'node_modules', name);
  if ((await installedVersion(installed)) === locked.version) return installed;

  const arguments_ = ['pack', `${name}@${locked.version}`, '--json', '--prefer-offline', '--pack-destination', folder];
  const packed = JSON.parse((await promisify(execFile)('npm', arguments_, { cwd: root })).stdout) as [
    { filename: string },
  ];
  const tarball = await readFile(join(folder, packed[0].filename));
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  if (integrity !== locked.integrity)
    throw new Error(`${name}: npm gave ${integrity}, the lock file has ${locked.integrity}`);
  await extract({ file: join(folder, packed[0].filename), cwd: folder });
  return join(folder, 'package');
}

async function installedVersion(folder: string): Promise<string | undefined> {
  try {
    return (JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
  } catch {
    return undefined;
  }
}

await mkdir(dist, { recursive: true });
const temporary = await mkdtemp(join(dist, '.fetch-'));
try {
  await copyFile(join(await packageFolder(temporary), 'bin/esbuild'), join(temporary, 'server'));
  await chmod(join(temporary, 'server'), 0o755);
  await rename(join(temporary, 'server'), join(dist, 'server'));
} finally {
  await rm(temporary, { recursive: true, force: true });
}
