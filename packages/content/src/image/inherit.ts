import { badBase } from './base.ts';
import type { BaseImage } from './base.ts';
import type { Execution } from './settings.ts';

/** What survives of a base. Left behind are notes of the build that made it, and OnBuild, which is for a Dockerfile. */
const inherited: ReadonlyMap<string, (value: unknown) => boolean> = new Map([
  ['User', isText],
  ['ExposedPorts', isObject],
  ['Env', isTexts],
  ['Entrypoint', isTexts],
  ['Cmd', isTexts],
  ['Volumes', isObject],
  ['WorkingDir', isText],
  ['Labels', isLabels],
  ['StopSignal', isText],
  ['Healthcheck', isObject],
  ['Shell', isTexts],
  ['ArgsEscaped', (value) => typeof value === 'boolean'],
]);

/**
 * The settings of a base that an image on it has, too; without those that are null. The base was made by others: what
 * is not of its type is an error here, not later in a runtime. Throws ContentError INGOT_IMAGE_BASE.
 */
export function inherit({ manifest, config }: BaseImage): Execution {
  const known = Object.entries(config.config ?? {}).filter(([key, value]) => inherited.has(key) && value !== null);
  for (const [key, value] of known) {
    if (inherited.get(key)?.(value) === false) throw badBase(manifest, `has a wrong ${key}: ${JSON.stringify(value)}`);
  }
  return Object.fromEntries(known);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isLabels(value: unknown): boolean {
  return isObject(value) && Object.values(value as object).every(isText);
}
