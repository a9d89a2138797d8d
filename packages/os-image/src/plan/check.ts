import { checkMaker } from '@ingot/oci';
import { throwErrors } from '@ingot/workspace';
import type { ExecutorContext } from '@nx/devkit';
import type { OsImageDescription } from '../description/description.ts';
import { checkMetalStackVersion } from '../format/metal-stack/version.ts';

/**
 * What can be known to be wrong before anything is built, all of it at once. Throws ProjectErrors
 * INGOT_OS_IMAGE_VERSION (metal-stack), INGOT_PROJECT_UNKNOWN, INGOT_TARGET_UNKNOWN, INGOT_IMAGE_NOT_OUTPUT.
 */
export function checkPlan(description: OsImageDescription, version: string, context: ExecutorContext): void {
  const errors: Error[] = [];
  const attempt = (check: () => unknown): void => {
    try {
      check();
    } catch (error) {
      errors.push(error as Error);
    }
  };
  if (description.formats.includes('metal-stack')) {
    attempt(() => checkMetalStackVersion(version, description.place(['version'])));
  }
  for (const entry of description.files) attempt(() => checkMaker(entry, context));
  throwErrors(errors);
}
