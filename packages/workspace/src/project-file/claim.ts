import { nearest } from '../nearest.ts';

/** The first key of a project file: `ingot: image/v1`. */
export interface Claim {
  /** `image`. */
  readonly kind: string;
  /** `v1`; empty where the author left it out. */
  readonly version: string;
}

/**
 * Reads the first key of a YAML text without parsing it, so that files of other tools (and huge ones) cost nothing.
 * Undefined where the first key is not `ingot`: the file is not ours.
 */
export function claimOf(text: string): Claim | undefined {
  const start = /^\uFEFF?(?:[ \t]*(?:#[^\n]*|---[ \t]*(?:#[^\n]*)?|%[^\n]*)?\r?\n)*/.exec(text)?.[0].length ?? 0;
  const first = text.slice(start, start + 300);
  const found = /^\s*\{?\s*(["']?)ingot\1[ \t]*:(?:[ \t]+["']?([^\s"',}#]*))?/.exec(first);
  if (!found) return undefined;
  const [kind = '', version = ''] = (found[2] ?? '').split('/', 2);
  return { kind, version };
}

/**
 * Is the file ours, and of this kind (`image`)? Of any version: the executor reports a wrong one. A misspelt or missing
 * kind is ours, too: silence would leave its author without targets and without a reason.
 */
export function isOurKind(claim: Claim | undefined, kind: string): boolean {
  return claim !== undefined && (claim.kind === '' || nearest(claim.kind, [kind]) === kind);
}
