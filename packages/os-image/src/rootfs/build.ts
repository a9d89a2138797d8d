import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BuildLog, withPlace, type Path } from '@ingot/workspace';
import type { Architecture, OsImageDescription } from '../description/description.ts';
import type { RootTree } from '../tree/root-tree.ts';
import type { BuilderOptions, RootfsBuilder, RootfsSources } from './builder.ts';
import { finish } from './finish.ts';
import type { RootfsArchitecture, RootfsResult } from './result.ts';

export interface RootfsOptions {
  readonly description: OsImageDescription;
  /** Of all that is dated, in seconds since 1970. */
  readonly time: number;
  /** An empty folder, which becomes the target's output as a whole. Absolute. */
  readonly folder: string;
  readonly sources: RootfsSources;
  readonly signal: AbortSignal;
  /** Something that the author should know, a line. */
  readonly note: (text: string) => void;
  /** A stage begins, with its bytes where they are known; then how many went by. */
  readonly stage: (label: string, total?: number) => (bytes: number) => void;
  /** Hears what the builder says. */
  readonly show?: (line: string) => void;
}

/**
 * Makes the root file systems of a description, an architecture after the other: in `folder`, `<architecture>/` with
 * rootfs.tar, vmlinuz, initrd, os-release, packages.txt, manifest and build.log. The same description, files and
 * packages give the same bytes anywhere. Throws ProjectErrors with their places: INGOT_ROOTFS_*, INGOT_LOCK_*,
 * INGOT_TOOL_MISSING, INGOT_DISK_FULL, and what the sources throw.
 */
export async function buildRootfs(options: RootfsOptions): Promise<RootfsResult> {
  const { description, time, folder } = options;
  const temporary = join(folder, '.build');
  await mkdir(temporary, { recursive: true });
  try {
    const builder = await builderOf({ ...options, temporary, preferences: () => undefined });
    const architectures: RootfsArchitecture[] = [];
    for (const architecture of description.architectures) {
      architectures.push(await buildArchitecture(architecture, builder, options));
    }
    return { ingot: 'rootfs-result/v1', name: description.name, time, architectures };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function builderOf(options: BuilderOptions): Promise<RootfsBuilder> {
  const { builder } = options.description;
  switch (builder.kind) {
    case 'mmdebstrap': {
      const { mmdebstrapBuilder } = await import('./mmdebstrap/builder.ts');
      return mmdebstrapBuilder(builder, options);
    }
    default:
      throw new Error(builder.kind);
  }
}

async function buildArchitecture(
  architecture: Architecture,
  builder: RootfsBuilder,
  options: RootfsOptions,
): Promise<RootfsArchitecture> {
  const { description, folder, stage, show = () => undefined } = options;
  const log = await BuildLog.open(join(folder, architecture, 'build.log'), builder.secrets, show);
  try {
    stage(`building ${architecture} by ${description.builder.kind}`);
    const built = await builder.build(architecture, log);
    await layFiles(built.tree, architecture, options);
    const { secrets } = builder;
    const at: Path = [description.builder.kind];
    return await withPlace(description.place(at), () =>
      finish(built, { ...options, architecture, log, secrets, check: () => undefined }),
    );
  } finally {
    log.close();
  }
}

/** Lays `files` over what the builder made; folders that are there keep owner and mode. */
async function layFiles(
  tree: RootTree,
  architecture: Architecture,
  { description, sources }: RootfsOptions,
): Promise<void> {
  for (const file of description.files) {
    await withPlace(file.place, async () => {
      for (const entry of await sources.files(file, architecture)) {
        const isThere = entry.type === 'directory' && tree.find(entry.path)?.inode.type === 'directory';
        if (!isThere) tree.put(entry);
      }
    });
  }
}
