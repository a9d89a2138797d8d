import { ProjectError } from '@ingot/workspace';

/** Keys of catalog.yaml that do not go together; who reads the file adds the place. */
export function keyError(message: string, help: string): ProjectError {
  return new ProjectError('INGOT_CATALOG_KEY', message, { help });
}
