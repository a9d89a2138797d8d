import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { runProgram } from '@ingot/workspace';

/** What a build of this folder is known by in buildah's storage. */
export function markOf(folder: string): string {
  return basename(folder).replace(/^\W+/, '');
}

/**
 * Removes the working containers that a buildah left that was stopped: killed between two RUN it has no time for it.
 * They are known by a secret of the build, which nothing mounts; buildah shows it in the description of the container
 * alone (containers/buildah, buildah.go: stateFile). What cannot be told apart stays.
 */
export async function removeAbandoned(mark: string): Promise<void> {
  const { store } = (await ask(['info'])) as { store: { GraphRoot: string; GraphDriverName: string } };
  const containers = ((await ask(['containers', '--json'])) ?? []) as readonly { id: string }[];
  const abandoned: string[] = [];
  for (const { id } of containers) {
    const path = join(store.GraphRoot, `${store.GraphDriverName}-containers`, id, 'userdata', 'buildah.json');
    const text = await readFile(path, 'utf8').catch(() => '');
    if (text.includes(`id=${mark},`)) abandoned.push(id);
  }
  if (abandoned.length > 0) await runProgram('buildah', ['rm', ...abandoned]);
}

/** Takes an image out of the tool's storage; whether it is there, and whether it can be taken out, does not matter. */
export async function removeImage(name: 'podman' | 'buildah', image: string): Promise<void> {
  await runProgram(name, ['rmi', image]).catch(() => undefined);
}

async function ask(args: readonly string[]): Promise<unknown> {
  const ended = await runProgram('buildah', args);
  return JSON.parse(ended?.lines.join('\n') ?? 'null') as unknown;
}
