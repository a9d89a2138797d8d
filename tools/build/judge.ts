import { join } from 'node:path';
import { execa } from 'execa';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { root } from '../repository.ts';
import type { Package } from './package.ts';

const unwanted = /\.(test|bench)\.|(^|\/)(bench|src|node_modules)\/|\.tsbuildinfo$|(?<!\.d)\.ts$/;

/** What publint and a look at the list of packed files find wrong with a staged package; empty if nothing. */
export async function judge(one: Package): Promise<string[]> {
  const [messages, files] = await Promise.all([publintMessages(one), packedFiles(one)]);
  const wrong = files.filter((path) => unwanted.test(path.replace(/\/files\/.*/, '/files/')));
  return [...messages, ...wrong.map((path) => `${one.manifest.name} would publish ${path}`)];
}

async function publintMessages(one: Package): Promise<string[]> {
  const { messages, pkg } = await publint({ pkgDir: join(root, one.staged), strict: true, level: 'warning' });
  return messages.map((message) => `${one.manifest.name}: ${formatMessage(message, pkg, { color: false })}`);
}

/** The files that `npm pack` would put into the tarball, sorted. */
export async function packedFiles(one: Package): Promise<string[]> {
  const { stdout } = await execa('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: join(root, one.staged),
  });
  const [answer] = Object.values(JSON.parse(stdout) as Record<string, { files: { path: string }[] }>);
  return (answer?.files ?? []).map(({ path }) => path).sort();
}
