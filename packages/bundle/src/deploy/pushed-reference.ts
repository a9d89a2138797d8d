import { readFile } from 'node:fs/promises';
import type { PushResult } from '@ingot/oci';
import { parseReference } from '@ingot/registry/reference';
import { ProjectError } from '@ingot/workspace';

/** What was pushed: by digest, and the registry that has it. */
export interface PushedImage {
  /** `registry.example/team/name@sha256:…`. */
  readonly reference: string;
  /** With its port, where it has one. */
  readonly registry: string;
}

/**
 * The first reference of push.json, by its digest. Throws ProjectError INGOT_BUNDLE_NOT_PUSHED where there is none.
 * @param task that pushes, for errors
 */
export async function pushedReference(path: string, task: string): Promise<PushedImage> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    return '{}';
  });
  const pushed = parse(text)?.references?.find(({ attachedTo }) => attachedTo === undefined);
  if (pushed !== undefined) {
    const { registry, repository } = parseReference(pushed.reference);
    return { reference: `${registry}/${repository}@${pushed.digest}`, registry };
  }
  throw new ProjectError('INGOT_BUNDLE_NOT_PUSHED', 'nothing was pushed that a manifest could name', {
    path,
    help: `run \`nx run ${task}\``,
  });
}

function parse(text: string): Partial<PushResult> | undefined {
  try {
    return JSON.parse(text) as Partial<PushResult>;
  } catch {
    return undefined;
  }
}
