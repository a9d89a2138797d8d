import { registriesOf, throwErrors, withPlace, type Outcome } from '@ingot/workspace';
import type { ExecutorContext } from '@nx/devkit';
import { openDescription, type OsImageOptions } from '../project.ts';

/** The options of the executor @ingot/os-image:preflight. */
export interface PreflightOptions extends OsImageOptions {
  readonly registry?: string;
}

/** Asks each repository of the project whether this login may push there. Throws what a push would, of all of them. */
export async function runPreflight(options: PreflightOptions, context: ExecutorContext): Promise<Outcome> {
  const { description } = await openDescription(options, context, { registry: undefined });
  const { parseRepository } = await import('@ingot/oci');
  const { formatReference } = await import('@ingot/registry/reference');
  const registries = await registriesOf(context);
  const lines = new Set<string>();
  const errors: Error[] = [];
  for (const { repository, place } of description.push) {
    try {
      await withPlace(place, async () => {
        const reference = parseRepository(repository, options.registry);
        await registries.repository(reference).checkPush();
        lines.add(`${formatReference(reference)}  may be pushed to`);
      });
    } catch (error) {
      errors.push(error as Error);
    }
  }
  throwErrors(errors);
  return { success: true, terminalOutput: `${[...lines].join('\n')}\n` };
}
