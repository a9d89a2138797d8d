import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, type Options } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entriesBelow } from '../tools/entries-below.ts';
import { manifestOf, packageNames, root } from '../tools/repository.ts';

/**
 * What a user meets: the packages as npm packs them, in a new workspace outside of this repository, without the
 * `ingot-source` condition that leads to the sources here.
 */
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
  const folders = packageNames().map((name) => `./dist/packages/${name}`);
  await run(process.execPath, ['tools/build.ts'], { cwd: root });
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
    // npm refuses an override of what the workspace itself asks for, and those two it does.
    overrides: Object.fromEntries(Object.entries(tarballs).filter(([name]) => !/solution|cli/.test(name))),
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
afterAll(() => rm(scratch, { recursive: true, force: true }));

describe('the packed packages in a new workspace', () => {
  it('are added by nx add, which registers the plugins', async () => {
    await nx('add', `@ingot/solution@${tarballs['@ingot/solution']}`);
    const { plugins } = JSON.parse(await readFile(join(workspace, 'nx.json'), 'utf8')) as { plugins: unknown };
    expect(JSON.stringify(plugins)).toContain('@ingot/solution/plugin');
    expect(JSON.stringify(plugins)).toContain('@ingot/oci/plugin');
    expect(existsSync(join(workspace, 'node_modules/@ingot/content/src'))).toBe(false);
    expect(existsSync(join(workspace, 'node_modules/@ingot/content/dist/compress/worker.js'))).toBe(true);

    await nx('g', '@ingot/solution:init');
    expect(JSON.parse(await readFile(join(workspace, 'nx.json'), 'utf8'))).toHaveProperty('plugins', plugins);
  });

  it('make a Solution that packs and verifies as it stands', async () => {
    await nx('g', '@ingot/solution:solution', 'my-solution');
    await nx('run', 'my-solution:verify');
    expect(isoFiles()).toHaveLength(1);
  });

  it('make an image that builds as it stands', async () => {
    await nx('g', '@ingot/oci:image', 'my-image');
    await nx('run', 'my-image:image');
  });

  it('bring the ingot command, which needs no workspace', async () => {
    await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '-D', String(tarballs['@ingot/cli'])]);
    const [iso = ''] = isoFiles();
    expect(await ingot('--version')).toBe(manifestOf('packages/cli').version);
    expect(await ingot('list', iso)).toContain('manifest.yaml');
    await ingot('verify', iso);
    await writeFile(join(workspace, 'no-iso'), 'not an ISO');
    await expect(ingot('verify', 'no-iso')).rejects.toThrow(/INGOT_/);
  });

  it('turn an ISO back into a project', async () => {
    const [iso = ''] = isoFiles();
    await nx('g', '@ingot/solution:import', iso, '--name=imported');
    await nx('run', 'imported:plan');
  });

  it('have types that a strict user can compile against', async () => {
    const exported = packageNames().flatMap((name) => {
      const { exports = {} } = manifestOf(`packages/${name}`);
      const typed = Object.entries(exports).filter(([, target]) => typeof target === 'object');
      return typed.map(([path]) => `@ingot/${name}${path.slice(1)}`);
    });
    const lines = exported.map((specifier, index) => `export * as part${index} from '${specifier}';`);
    await writeFile(join(workspace, 'user.mts'), lines.join('\n'));
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node'];
    const lib = ['--lib', 'es2023,esnext.iterator,esnext.disposable'];
    const tsc = join(workspace, 'node_modules/.bin/tsc');
    const messages = await run(tsc, [...options, ...lib, 'user.mts'], { reject: false });
    // Nx's own declarations do not compile strictly; ours do.
    expect(messages.split('\n').filter((line) => /^(user\.mts|node_modules\/@ingot\/)/.test(line))).toEqual([]);
    expect(lines.length).toBeGreaterThan(packageNames().length);
  });
});

function isoFiles(): string[] {
  return entriesBelow(workspace).filter(
    (file) => file.endsWith('.iso') && !file.includes('node_modules') && !file.startsWith('.nx'),
  );
}
