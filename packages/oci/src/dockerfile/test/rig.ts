import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { formatError, type ImageResult } from '@ingot/workspace';
import type { ExecutorContext } from '@nx/devkit';
import { vi } from 'vitest';
import { runImage } from '../../executors/image/run.ts';

/** A static program that needs nothing but the kernel: esbuild. */
const program = createRequire(import.meta.url).resolve('@esbuild/linux-x64/bin/esbuild');

/** A workspace with the project `app`, in a folder of its own, and an environment that is put back in the end. */
export class Rig {
  readonly root: string;
  readonly #env = { ...process.env };
  readonly #context: ExecutorContext;

  private constructor(root: string) {
    this.root = root;
    const targets = { image: { executor: '@ingot/oci:image' } };
    const nodes = { app: { name: 'app', type: 'app', data: { root: 'app', targets } } };
    this.#context = { root, projectName: 'app', projectGraph: { nodes } } as unknown as ExecutorContext;
  }

  static async create(): Promise<Rig> {
    const rig = new Rig(await realpath(await mkdtemp(join(tmpdir(), 'ingot-dockerfile-'))));
    rig.env({ INGOT_STORE: rig.path('.store'), SOURCE_DATE_EPOCH: undefined });
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

  /** Buildah without privileges, with a storage of its own in this folder. */
  async useBuildah(): Promise<void> {
    await this.write({
      'storage.conf': `[storage]\ndriver = "vfs"\ngraphroot = "${this.path('.graph')}"\nrunroot = "${this.path('.run')}"\n`,
    });
    this.env({ BUILDAH_ISOLATION: 'chroot', CONTAINERS_STORAGE_CONF: this.path('storage.conf') });
  }

  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(this.path(name)), { recursive: true });
      await writeFile(this.path(name), text);
    }
  }

  /** Puts the static program there. */
  async copyProgram(name: string): Promise<void> {
    await mkdir(dirname(this.path(name)), { recursive: true });
    await copyFile(program, this.path(name));
    await chmod(this.path(name), 0o755);
  }

  /** A program that Node runs from `source`, alone on PATH with others like it. */
  async fakeProgram(name: string, source: string): Promise<void> {
    await this.write({ [`bin/${name}`]: `#!${process.execPath}\n${source}` });
    await chmod(this.path('bin', name), 0o755);
    this.env({ PATH: this.path('bin') });
  }

  /** Also gives what was shown on stderr meanwhile. */
  async build(): Promise<{ result: ImageResult; said: string; shown: string }> {
    let shown = '';
    const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      shown += String(text);
      return true;
    });
    const { terminalOutput = '' } = await runImage({}, this.#context).finally(() => stderr.mockRestore());
    const text = await readFile(this.path('app/dist/image.json'), 'utf8');
    return { result: JSON.parse(text) as ImageResult, said: terminalOutput, shown };
  }

  async failure(): Promise<string> {
    const thrown: unknown = await this.build().then(
      () => new Error('nothing was thrown'),
      (error: unknown) => error,
    );
    return formatError(thrown, { cwd: this.root });
  }

  /** What lies in the output folder. */
  async outputs(): Promise<string[]> {
    return (await readdir(this.path('app/dist')).catch(() => [])).sort();
  }

  async remove(): Promise<void> {
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, this.#env);
    await rm(this.root, { recursive: true, force: true });
  }
}

export const head = 'ingot: image/v1\nname: app\nversion: 0.1.0\n';
