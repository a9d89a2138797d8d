import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ProjectError } from '@ingot/workspace';

/** OCI distribution-spec: a tag. */
const tag = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

/**
 * The version as written, or that of the package.json beside the project file. Throws ProjectError INGOT_IMAGE_VERSION
 * where it cannot be a tag.
 */
export function versionOf(written: string, projectFile: string): string {
  const value = written === 'package.json' ? packageVersion(dirname(projectFile)) : written;
  if (tag.test(value)) return value;
  throw new ProjectError('INGOT_IMAGE_VERSION', `version: ${JSON.stringify(value)} cannot be the tag of an image`, {
    help: 'a tag has letters, digits, ".", "_" and "-", begins with a letter, digit or "_", and has at most 128 characters',
  });
}

function packageVersion(folder: string): string {
  const path = join(folder, 'package.json');
  try {
    const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version?: unknown };
    if (typeof version === 'string') return version;
  } catch (cause) {
    const message = `version: cannot read it from package.json: ${(cause as Error).message}`;
    throw new ProjectError('INGOT_IMAGE_VERSION', message, { cause });
  }
  throw new ProjectError('INGOT_IMAGE_VERSION', 'version: package.json beside this file has no version');
}
