import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = dirname(dirname(fileURLToPath(import.meta.url)));

export interface RunResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, as they came. */
  readonly all: string;
}

export interface NxWorkspaceOptions {
  /** nx.json, beside what every test needs. */
  readonly nxJson?: Readonly<Record<string, unknown>>;
  /** Path → text; text that is an object is written as JSON. */
  readonly files?: Readonly<Record<string, string | object>>;
  /** The packages of this repository that run there, from source, with those that they need. Default: solution. */
  readonly packages?: readonly string[];
}

/** An Nx workspace in a temporary folder, where Ingot's plugins run from source as they do in this repository. */
export class NxWorkspace {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  static async create(options: NxWorkspaceOptions = {}): Promise<NxWorkspace> {
    const root = await realpath(await mkdtemp(join(tmpdir(), 'ingot-nx-')));
    const workspace = new NxWorkspace(root);
    await linkModules(root, await withTheirNeeds(options.packages ?? ['solution']));
    await workspace.write({
      'nx.json': {
        analytics: false,
        plugins: ['@ingot/oci/plugin'],
        pluginsConfig: { '@nx/js': { analyzeSourceFiles: false } },
        ...options.nxJson,
      },
      'package.json': { name: 'test-workspace', version: '0.0.0', private: true, workspaces: ['packages/*'] },
      'tsconfig.base.json': await readFile(join(repository, 'tsconfig.base.json'), 'utf8'),
      // Nx knows npm's packages by the lock file alone.
      'package-lock.json': await readFile(join(repository, 'package-lock.json'), 'utf8'),
      '.env': await readFile(join(repository, '.env'), 'utf8'),
      '.gitignore': 'node_modules\ndist\n.nx\n',
      ...options.files,
    });
    return workspace;
  }

  path(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  async write(files: Readonly<Record<string, string | object>>): Promise<void> {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(this.path(name)), { recursive: true });
      await writeFile(this.path(name), typeof content === 'string' ? content : JSON.stringify(content, undefined, 2));
    }
  }

  async read(name: string): Promise<string> {
    return readFile(this.path(name), 'utf8');
  }

  async json<T>(name: string): Promise<T> {
    return JSON.parse(await this.read(name)) as T;
  }

  /**
   * Runs `nx` there, without daemon, colours and terminal. Never throws: look at `code`. With `started`, it gets a
   * process group of its own, as at a terminal, so that `process.kill(-pid, 'SIGINT')` is Ctrl-C.
   */
  nx(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    started?: (pid: number) => void,
  ): Promise<RunResult> {
    return this.node([join(repository, 'node_modules', '.bin', 'nx'), ...args], env, started);
  }

  /** Runs a script there as `nx` runs. */
  node(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    started?: (pid: number) => void,
  ): Promise<RunResult> {
    const child = spawn(process.execPath, [...args], {
      cwd: this.root,
      env: { ...cleanEnv(), NX_WORKSPACE_ROOT_PATH: this.root, INGOT_STORE: this.path('.store'), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: started !== undefined,
    });
    if (child.pid !== undefined) started?.(child.pid);
    return new Promise((resolve, reject) => {
      let [stdout, stderr, all] = ['', '', ''];
      child.stdout.on('data', (part: Buffer) => ((stdout += String(part)), (all += String(part))));
      child.stderr.on('data', (part: Buffer) => ((stderr += String(part)), (all += String(part))));
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, stdout, stderr, all }));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.remove();
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}

/** Without what an Nx that runs these tests, or vitest, has put there. */
function cleanEnv(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(NX_|VITEST|FORCE_COLOR|SOURCE_DATE_EPOCH$|NODE_OPTIONS$|INGOT_)/.test(name),
  );
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    NODE_OPTIONS: '--conditions=ingot-source',
    NX_DAEMON: 'false',
    // Without a daemon, plugins in processes of their own would be started for each command. The tests of the examples and
    // of the packed tarballs run them so, as users do.
    NX_ISOLATE_PLUGINS: 'false',
    NX_TUI: 'false',
    NO_COLOR: '1',
    CI: 'true',
  };
}

/** The packages and all of Ingot's that they depend on. */
async function withTheirNeeds(names: readonly string[]): Promise<string[]> {
  const all = new Set(names);
  for (const name of all) {
    const manifest = await readFile(join(repository, 'packages', name, 'package.json'), 'utf8');
    const { dependencies = {} } = JSON.parse(manifest) as { dependencies?: Record<string, string> };
    for (const need of Object.keys(dependencies)) if (need.startsWith('@ingot/')) all.add(need.slice('@ingot/'.length));
  }
  return [...all];
}

/** Links what is installed here; copies Ingot's own sources, since Nx runs plugins from source within a workspace only. */
async function linkModules(root: string, packages: readonly string[]): Promise<void> {
  const modules = join(repository, 'node_modules');
  await mkdir(join(root, 'node_modules', '@ingot'), { recursive: true });
  for (const name of await readdir(modules)) {
    if (name !== '@ingot' && name !== '.cache') await symlink(join(modules, name), join(root, 'node_modules', name));
  }
  for (const name of packages) {
    const source = join(repository, 'packages', name);
    const copy = join(root, 'packages', name);
    await cp(source, copy, {
      recursive: true,
      filter: (path) => !/\/(node_modules|dist|bench)$|\.test\.ts$/.test(path),
    });
    await symlink(copy, join(root, 'node_modules', '@ingot', name));
    await symlink(join(source, 'node_modules'), join(copy, 'node_modules'));
  }
}
