import { cp } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { NxWorkspace } from '../tools/nx-workspace.ts';
import { root } from '../tools/repository.ts';

/** A workspace with these packages' plugins and these examples as they are in the repository, unbuilt. */
export async function exampleWorkspace(packages: readonly string[], ...examples: string[]): Promise<NxWorkspace> {
  const workspace = await NxWorkspace.create({
    packages,
    nxJson: { plugins: packages.map((name) => `@ingot/${name}/plugin`) },
  });
  // Git ignores both: what somebody has made in the folder is no part of the example.
  const filter = (path: string) => !['dist', 'packages.lock'].includes(basename(path));
  for (const name of examples) {
    await cp(join(root, 'examples', name), workspace.path('examples', name), { recursive: true, filter });
  }
  return workspace;
}
