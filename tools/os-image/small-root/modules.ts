import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { globSync } from 'node:fs';
import type { DebianKernel } from './debian.ts';

/** A module of a kernel. */
export interface KernelModule {
  readonly name: string;
  /** `drivers/block/virtio_blk.ko`, below `lib/modules/<version>/kernel`. */
  readonly path: string;
  readonly content: Buffer;
  readonly needs: readonly string[];
}

/** These modules and all that they need, each behind what it needs. What is built into the kernel isn't there. */
export async function modulesFor(kernel: DebianKernel, names: readonly string[]): Promise<KernelModule[]> {
  const paths = globSync('**/*.ko', { cwd: kernel.modulesFolder });
  const found = new Map<string, KernelModule>();
  const add = async (name: string): Promise<void> => {
    const path = paths.find((each) => basename(each, '.ko').replaceAll('-', '_') === name);
    if (path === undefined || found.has(name)) return;
    const content = await readFile(join(kernel.modulesFolder, path));
    // The section .modinfo: key=value, each ended by a zero byte.
    const needs = /depends=([\w,-]*)\0/.exec(content.toString('latin1'))?.[1]?.split(',').filter(Boolean) ?? [];
    for (const need of needs) await add(need.replaceAll('-', '_'));
    found.set(name, { name, path, content, needs });
  };
  for (const name of names) await add(name);
  return [...found.values()];
}

/** modules.dep as depmod writes it: each module's path, a colon, the paths of what it needs. */
export function modulesDep(modules: readonly KernelModule[]): string {
  const lines = modules.map((module) => {
    const needed = allNeeds(module, modules).map(({ path }) => `kernel/${path}`);
    return `kernel/${module.path}: ${needed.join(' ')}`.trimEnd();
  });
  return `${lines.join('\n')}\n`;
}

function allNeeds(module: KernelModule, modules: readonly KernelModule[]): KernelModule[] {
  const direct = modules.filter(({ name }) => module.needs.includes(name));
  return [...new Set(direct.flatMap((each) => [each, ...allNeeds(each, modules)]))];
}
