import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { contextGlobs } from './context-globs.ts';
import type { DockerfileFacts } from './image-facts.ts';

/** The files that ignore something of the context, the one that counts first (BuildKit, `<Dockerfile>.dockerignore`). */
export function ignoreFiles({ file, context }: DockerfileFacts): readonly [string, string] {
  return [`${file}.dockerignore`, posix.join(context, '.dockerignore')];
}

/**
 * The Nx inputs of an image that a Dockerfile makes: Dockerfile, .dockerignore and what they let in, without what the
 * image's own targets write. Named from the workspace's root, since files of projects within the context count as well.
 * @param root the project's folder, relative to the workspace
 * @param kept further inputs of the project's folder, which no pattern may take out
 * @param outputs what the project's targets write, relative to its folder
 */
export async function dockerfileInputs(
  workspaceRoot: string,
  root: string,
  facts: DockerfileFacts,
  kept: readonly string[],
  outputs: readonly string[] = ownOutputs,
): Promise<string[]> {
  const { default: dockerignore } = await import('@balena/dockerignore');
  const { file, context } = facts;
  const ignores = ignoreFiles(facts);
  const always = [file, ...ignores, ...kept].map((path) => posix.normalize(path));
  const inContext = always.map((path) => posix.relative(context, path)).filter((path) => !path.startsWith('..'));
  const text = ignores.map((path) => readText(join(workspaceRoot, root, path))).find((each) => each !== undefined);
  const globs = contextGlobs(text ?? '', (pattern) => {
    const rule = dockerignore.default({ ignorecase: false }).add(pattern);
    return inContext.some((path) => rule.ignores(path));
  });
  const at = (path: string) => `{workspaceRoot}/${posix.join(root, path)}`;
  return [
    ...always.map(at),
    ...globs.in.map((glob) => at(posix.join(context, glob))),
    ...globs.out.map((glob) => `!${at(posix.join(context, glob))}`),
    ...outputs.map((glob) => `!${at(glob)}`),
  ];
}

/** What `image` and `export` write: an image that held its last build would never be the same twice. */
export const ownOutputs: readonly string[] = [
  'dist/image/**/*',
  'dist/image.json',
  'dist/image.log',
  'dist/*.oci.tar',
  'dist/*.docker.tar',
];

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
