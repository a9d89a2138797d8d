import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, type Options } from 'execa';
import { afterAll, beforeAll } from 'vitest';
import { entriesBelow } from '../tools/entries-below.ts';
import { manifestOf, packageNames, root } from '../tools/repository.ts';

/**
 * What a user meets: the packages as npm packs them, in a new workspace outside of this repository, without the
 * `ingot-source` condition that leads to the sources here. For all tests of a file.
 */
export function packedWorkspace() {
  /** Several tests build at the same time. */
  const staged = `dist/packages-${process.pid}`;
  let scratch: string;
  let workspace: string;
  let tarballs: Record<string, string>;

  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(NODE_OPTIONS|NX_|npm_(package|lifecycle))/.test(name),
  );
  const env = { ...Object.fromEntries(inherited), NX_DAEMON: 'false', CI: 'true', npm_config_prefer_offline: 'true' };

  /** Runs a program in the new workspace. Whatever it printed is in the error where it fails. */
  async function run(program: string, args: string[], options: Options = {}): Promise<string> {
    const settings = { cwd: workspace, env, extendEnv: false, all: true, stdin: 'ignore', ...options } as const;
    const { all } = await execa(program, args, settings);
    return String(all);
  }

  const nx = (...args: string[]) => run(join(workspace, 'node_modules/.bin/nx'), args);
  const ingot = (...args: string[]) => run(join(workspace, 'node_modules/.bin/ingot'), args);

  async function pack(): Promise<Record<string, string>> {
    const folders = packageNames().map((name) => `./${staged}/${name}`);
    await run(process.execPath, ['tools/build.ts'], { cwd: root, env: { ...env, INGOT_BUILD_FOLDER: staged } });
    await run('npm', ['pack', '--silent', '--pack-destination', scratch, ...folders], { cwd: root });
    const files = packageNames().map((name) => {
      const { name: packageName, version } = manifestOf(`packages/${name}`);
      return [packageName, `file:${scratch}/ingot-${name}-${version}.tgz`] as const;
    });
    return Object.fromEntries(files);
  }

  /** A workspace as `create-nx-workspace` leaves it, that finds Ingot's packages in the tarballs and not on a registry. */
  async function newWorkspace(): Promise<void> {
    await mkdir(workspace);
    const { nx: nxVersion, '@nx/devkit': devkit, typescript } = manifestOf('').devDependencies ?? {};
    const manifest = {
      name: 'somebody-elses',
      private: true,
      devDependencies: {
        nx: nxVersion,
        '@nx/devkit': devkit,
        typescript,
        '@types/node': manifestOf('').devDependencies?.['@types/node'],
      },
      // npm refuses an override of what the workspace itself asks for, and those it does.
      overrides: Object.fromEntries(
        Object.entries(tarballs).filter(([name]) => !/solution|cli|os-image|bundle/.test(name)),
      ),
    };
    await writeFile(join(workspace, 'package.json'), JSON.stringify(manifest, null, 2));
    await writeFile(join(workspace, 'nx.json'), JSON.stringify({ analytics: false }));
    await writeFile(join(workspace, '.gitignore'), 'node_modules\ndist\n.nx\n');
    await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts']);
  }

  beforeAll(async () => {
    scratch = await realpath(await mkdtemp(join(tmpdir(), 'tarballs-')));
    workspace = join(scratch, 'workspace');
    tarballs = await pack();
    await newWorkspace();
  });
  afterAll(async () => {
    await rm(scratch, { recursive: true, force: true });
    await rm(join(root, staged), { recursive: true, force: true });
  });

  function isoFiles(): string[] {
    return entriesBelow(workspace).filter(
      (file) => file.endsWith('.iso') && !file.includes('node_modules') && !file.startsWith('.nx'),
    );
  }

  return {
    run,
    nx,
    ingot,
    isoFiles,
    at: (...parts: string[]) => join(workspace, ...parts),
    tarball: (name: string) => tarballs[name]!,
  };
}
