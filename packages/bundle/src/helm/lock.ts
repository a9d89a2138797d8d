import { createHash } from 'node:crypto';
import { field } from '../yaml/field.ts';

/** The fields of a dependency in the order in which Go writes them (helm, pkg/chart/dependency.go). */
const fields = ['name', 'version', 'repository', 'condition', 'tags', 'enabled', 'import-values', 'alias'];
/** These are written where they are empty as well. */
const always = new Set(['name', 'repository']);

/** `digest` of a Chart.lock by these dependencies: `HashReq` of helm's internal/resolver/resolver.go. */
export function lockDigest(dependencies: readonly unknown[], locked: readonly unknown[]): string {
  return digest(`[${list(dependencies)},${list(locked)}]`);
}

/** The same as Helm 2 wrote it, which Helm 3 takes for charts of `apiVersion: v1`. */
export function lockDigestV2(dependencies: readonly unknown[]): string {
  return digest(`{"dependencies":${list(dependencies)}}`);
}

function digest(json: string): string {
  return `sha256:${createHash('sha256').update(json).digest('hex')}`;
}

function list(dependencies: readonly unknown[]): string {
  return dependencies.length === 0 ? 'null' : `[${dependencies.map(dependency).join(',')}]`;
}

function dependency(value: unknown): string {
  const written = fields.flatMap((name) => {
    const found = field(value, name) ?? (always.has(name) ? '' : undefined);
    const empty =
      found === undefined || found === '' || found === false || (Array.isArray(found) && found.length === 0);
    return empty && !always.has(name) ? [] : [`${JSON.stringify(name)}:${goJson(found)}`];
  });
  return `{${written.join(',')}}`;
}

/** JSON as Go writes it: keys of maps sorted, `<`, `>` and `&` escaped. */
function goJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, one]) => `${goJson(key)}:${goJson(one)}`).join(',')}}`;
  }
  return (JSON.stringify(value) ?? 'null').replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
