import { ProjectError } from '@ingot/workspace';

/** What one bundle may hold before it counts as an attack. */
export interface Limits {
  /** Of all files, and of all tars. */
  readonly bytes: number;
  /** Files, folders and whatever else tars name. */
  readonly entries: number;
}

/** The largest public bundles have some 10 MiB in 200 files. */
export const usualLimits: Limits = { bytes: 256 * 1024 * 1024, entries: 20_000 };

/** INGOT_BUNDLE_LIMIT. `where`: the folder or image. */
export function tooLarge(where: string, what: string): ProjectError {
  return new ProjectError('INGOT_BUNDLE_LIMIT', `${where} ${what}`, {
    path: where,
    help: 'A bundle holds manifests or a chart and little else: is this one?',
  });
}
