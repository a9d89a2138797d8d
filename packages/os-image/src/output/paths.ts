import { join } from 'node:path';
import type { Format } from '../description/formats.ts';

/** Where a target writes: a folder, and its result beside it. Absolute. */
export interface Output {
  readonly folder: string;
  readonly resultFile: string;
}

/** The name of a format's target, and of its output. */
export function targetOf(format: Format): string {
  return format === 'container' ? 'image' : format;
}

/** The output of a target of this project: `dist/<target>` and `dist/<target>.json`. */
export function outputOf(projectFolder: string, target: string): Output {
  const folder = join(projectFolder, 'dist', target);
  return { folder, resultFile: `${folder}.json` };
}
