import { join } from 'node:path';
import { checkOptions, projectNode, registriesOf, throwErrors, withPlace, type Outcome } from '@ingot/workspace';
import type { ExecutorContext } from '@nx/devkit';

import type { PushedKind } from './push-project.ts';

/** The options of executors that ask before a push. */
export interface PreflightProjectOptions {
  readonly file?: string;
  readonly registry?: string;
}

/** Asks each repository of the project whether this login may push there. Throws what a push would, of all of them. */
export async function preflightProject(
  options: PreflightProjectOptions,
  context: ExecutorContext,
  kind: PushedKind,
): Promise<Outcome> {
  checkOptions(options, { file: undefined, registry: undefined });
  const { formatReference } = await import('@ingot/registry/reference');
  const projectRoot = projectNode(context, context.projectName!).data.root;
  const file = join(context.root, projectRoot, options.file ?? kind.file);
  const { repositories } = await kind.read(file, { registry: options.registry });
  const registries = await registriesOf(context);
  const lines: string[] = [];
  const errors: unknown[] = [];
  for (const { reference, place } of repositories) {
    const check = () => registries.repository(reference).checkPush();
    try {
      await (place === undefined ? check() : withPlace(place, check));
      lines.push(`${formatReference(reference)}  may be pushed to`);
    } catch (error) {
      errors.push(error);
    }
  }
  throwErrors(errors as Error[]);
  return { success: true, terminalOutput: `${lines.join('\n')}\n` };
}
