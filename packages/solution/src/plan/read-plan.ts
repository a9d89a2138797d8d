import { SolutionError } from '../error.ts';
import type { Plan } from './plan.ts';

/**
 * Reads plan.json. It comes from a cache, perhaps another machine's: what is not a plan of this version is refused,
 * and paths that leave the workspace as well. Throws SolutionError INGOT_PLAN.
 */
export function readPlan(bytes: Uint8Array, path: string): Plan {
  const plan = parse(bytes);
  if (plan === undefined || !isPlan(plan)) throw refused('is not a plan that this version of Ingot reads', path);
  for (const content of Object.values(plan.contents)) {
    if ('file' in content && (content.file.startsWith('/') || content.file.split('/').includes('..'))) {
      throw refused(`names a file outside the workspace: ${content.file}`, path);
    }
  }
  return plan;
}

function parse(bytes: Uint8Array): Partial<Plan> | null | undefined {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Partial<Plan> | null;
  } catch {
    return undefined;
  }
}

function isPlan(value: Partial<Plan> | null): value is Plan {
  return (
    value?.ingot === 'plan/v1' &&
    [value.name, value.version, value.volumeId].every((each) => typeof each === 'string' && !each.includes('/')) &&
    [value.time, value.size].every((each) => Number.isSafeInteger(each)) &&
    [value.images, value.files, value.links].every((each) => Array.isArray(each)) &&
    typeof value.contents === 'object' &&
    value.contents !== null
  );
}

function refused(what: string, path: string): SolutionError {
  return new SolutionError('INGOT_PLAN', `the plan ${what}`, {
    path,
    help: 'Plan the Solution again: run the target plan.',
  });
}
