import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { manifestOf, packageNames, root } from '../repository.ts';

const execute = promisify(execFile);

/** A module that leaves a line for every process of Node that loads it: the program that it runs. */
const recorder = `import { appendFileSync } from 'node:fs';
appendFileSync(process.env.STARTED_PROCESSES, process.argv[1] + '\\n');
`;

/** How an Nx command went. `programs` are those that Node ran for it, one for each process. */
export type NxRun = { seconds: number; programs: string[] };

/**
 * A workspace outside of this repository with the built packages installed (`npm run build` is run first), as far as
 * Node and Nx can see: they are copies, all else is linked to what this repository has installed.
 */
export class InstalledWorkspace {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(folder: string): Promise<InstalledWorkspace> {
    await execute(process.execPath, ['tools/build.ts'], { cwd: root, env: { ...process.env, NODE_OPTIONS: '' } });
    const modules = join(folder, 'node_modules');
    await mkdir(join(modules, '@ingot'), { recursive: true });
    for (const name of await readdir(join(root, 'node_modules'))) {
      if (name !== '@ingot' && name !== '.cache') await symlink(join(root, 'node_modules', name), join(modules, name));
    }
    for (const name of packageNames()) await install(name, join(modules, '@ingot', name));
    const workspace = new InstalledWorkspace(folder);
    await workspace.write('package.json', JSON.stringify({ name: 'bench', private: true }));
    await workspace.write(
      'nx.json',
      JSON.stringify({ analytics: false, plugins: ['@ingot/oci/plugin', '@ingot/solution/plugin'] }),
    );
    await workspace.write('.gitignore', 'node_modules\ndist\n.nx\n');
    await workspace.write('package-lock.json', await lockFile());
    await workspace.write('dist/recorder.mjs', recorder);
    return workspace;
  }

  async write(path: string, text: string): Promise<void> {
    await mkdir(join(this.folder, path, '..'), { recursive: true });
    await writeFile(join(this.folder, path), text);
  }

  /** Runs Nx without its daemon. Throws with what it printed where it fails. */
  async nx(...args: string[]): Promise<NxRun> {
    const log = join(this.folder, 'dist/started.log');
    await rm(log, { force: true });
    const program = join(root, 'node_modules/.bin/nx');
    const start = performance.now();
    await execute(process.execPath, [program, ...args], {
      cwd: this.folder,
      maxBuffer: 2 ** 26,
      env: {
        ...process.env,
        NODE_OPTIONS: `--import=${join(this.folder, 'dist/recorder.mjs')}`,
        STARTED_PROCESSES: log,
        INGOT_STORE: join(this.folder, 'dist/store'),
        NX_DAEMON: 'false',
        NX_TUI: 'false',
      },
    });
    const seconds = (performance.now() - start) / 1000;
    return { seconds, programs: (await readFile(log, 'utf8')).trim().split('\n') };
  }
}

async function install(name: string, folder: string): Promise<void> {
  await cp(join(root, 'dist/packages', name), folder, { recursive: true });
  const own = join(root, 'packages', name, 'node_modules');
  if (existsSync(own)) await symlink(own, join(folder, 'node_modules'));
}

/** Nx knows the packages that are installed by the lock file alone: ours, with Ingot installed instead of linked. */
async function lockFile(): Promise<string> {
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, object>;
  };
  for (const name of packageNames()) {
    const { version, dependencies } = manifestOf(`packages/${name}`);
    lock.packages[`node_modules/@ingot/${name}`] = { version, dependencies };
    delete lock.packages[`packages/${name}`];
  }
  return JSON.stringify(lock);
}
