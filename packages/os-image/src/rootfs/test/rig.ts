import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { collectFiles } from '@ingot/oci';
import { formatError } from '@ingot/workspace';
import { referee } from '../../../../../tools/referee.ts';
import { readOsImageFile } from '../../description/read.ts';
import { lockPackages, type LockUpdate } from '../../lock/lock-packages.ts';
import type { OpenedRootfs, RootfsSources } from '../builder.ts';
import { buildRootfs, type RootfsOptions } from '../build.ts';
import type { RootfsResult } from '../result.ts';

export const run = promisify(execFile);

/** Of all builds here: 2023-11-14 22:13:20 UTC. */
export const time = 1_700_000_000;

/** A project with an os-image.yaml in a folder of its own, and an environment that is put back in the end. */
export class Rig {
  readonly root: string;
  readonly notes: string[] = [];
  readonly stages: string[] = [];
  readonly said: string[] = [];
  /** What `rootfs.from` is; default: a path of the project. */
  opened: OpenedRootfs | undefined;
  readonly abort = new AbortController();
  readonly #env = { ...process.env };

  private constructor(root: string) {
    this.root = root;
  }

  static async create(): Promise<Rig> {
    const rig = new Rig(await realpath(await mkdtemp(join(tmpdir(), 'ingot-os-image-'))));
    await chmod(rig.root, 0o755);
    await mkdir(rig.path('tmp'));
    rig.env({ TMPDIR: rig.path('tmp'), SOURCE_DATE_EPOCH: undefined });
    return rig;
  }

  path(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  env(values: Readonly<Record<string, string | undefined>>): void {
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }

  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(this.path(name)), { recursive: true });
      await writeFile(this.path(name), text);
    }
  }

  /** Writes the project's os-image.yaml; `formats: [container]` unless it says more. */
  async describe(text: string): Promise<void> {
    const formats = /^formats:/m.test(text) ? '' : 'formats: [container]\n';
    await this.write({
      'app/os-image.yaml': `ingot: os-image/v1\nname: app\nversion: 1.2.20260101\n${text}\n${formats}`,
    });
  }

  async program(name: string, text: string): Promise<void> {
    await this.write({ [name]: text });
    await chmod(this.path(name), 0o755);
  }

  async build(out = 'out', options: Partial<RootfsOptions> = {}): Promise<RootfsResult> {
    const folder = this.path(out);
    await mkdir(folder, { recursive: true });
    return buildRootfs({ ...(await this.#options()), time, folder, ...options });
  }

  async lock(now = time): Promise<LockUpdate> {
    return lockPackages({ ...(await this.#options()), now });
  }

  async #options() {
    const description = await readOsImageFile(this.path('app/os-image.yaml'));
    const { folder } = description;
    const sources: RootfsSources = {
      files: (entry, architecture) =>
        collectFiles(entry, {
          base: folder,
          boundary: folder,
          without: new Set(),
          platform: { os: 'linux', architecture },
        }),
      open: async ({ from }) => this.opened ?? { path: join(folder, from) },
    };
    return {
      description,
      sources,
      signal: this.abort.signal,
      note: (text: string) => void this.notes.push(text),
      stage: (label: string) => {
        this.stages.push(label);
        return () => undefined;
      },
      show: (line: string) => void this.said.push(line),
    };
  }

  /** What a person reads of a build or lock that fails. */
  async failure(work: () => Promise<unknown> = () => this.build()): Promise<string> {
    const thrown: unknown = await work().then(
      () => new Error('nothing was thrown'),
      (error: unknown) => error,
    );
    return formatError(thrown, { cwd: this.root });
  }

  /** The made tar as GNU tar lists it. */
  async listing(out = 'out'): Promise<string[]> {
    const args = ['--numeric-owner', '--full-time', '--utc', '-tvf', this.path(out, 'amd64/rootfs.tar')];
    const { stdout } = await run(referee('tar'), args, { maxBuffer: 2 ** 28 });
    return stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.replaceAll(/ +/g, ' '));
  }

  async contentOf(path: string, out = 'out'): Promise<string> {
    return (await run(referee('tar'), ['-xOf', this.path(out, 'amd64/rootfs.tar'), path])).stdout;
  }

  read(path: string): Promise<string> {
    return readFile(this.path(path), 'utf8');
  }

  /** What is left of builds in the folder for temporary files. */
  leftovers(): Promise<string[]> {
    return readdir(this.path('tmp'));
  }

  async remove(): Promise<void> {
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, this.#env);
    await rm(this.root, { recursive: true, force: true });
  }
}
