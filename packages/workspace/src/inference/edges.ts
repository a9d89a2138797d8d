import type { ProjectConfiguration, RawProjectGraphDependency } from '@nx/devkit';

/**
 * The edges of the project graph that a plugin's targets make: every project that a `dependsOn` of a target with one of
 * these executors names (`{ projects: [...], target }`), inferred or written by hand. Names that no project has are
 * left out: the executor reports them, at their place, and to nobody but those who run it.
 */
export function dependencyEdges(
  projects: Readonly<Record<string, ProjectConfiguration>>,
  executors: readonly string[],
): RawProjectGraphDependency[] {
  const edges: RawProjectGraphDependency[] = [];
  for (const [source, project] of Object.entries(projects)) {
    for (const target of new Set(Object.values(project.targets ?? {}).flatMap((each) => named(each, executors)))) {
      if (target !== source && Object.hasOwn(projects, target)) edges.push(edge(source, target));
    }
  }
  return edges;
}

/** The enum DependencyType, without loading devkit for it. */
function edge(source: string, target: string): RawProjectGraphDependency {
  return { source, target, type: 'implicit' } as RawProjectGraphDependency;
}

type Target = NonNullable<ProjectConfiguration['targets']>[string];

function named(target: Target, executors: readonly string[]): string[] {
  if (!target.executor || !executors.includes(target.executor)) return [];
  return (target.dependsOn ?? []).flatMap((each) => (typeof each === 'string' ? [] : [each.projects ?? []].flat()));
}

/**
 * Which needs of `name → needs` close a circle: both ends reach each other. Left in, Nx would refuse to run with a
 * message that names no file; left out, the executor reports the circle at its place.
 */
export function circularNeeds(needs: ReadonlyMap<string, readonly string[]>): Map<string, Set<string>> {
  const reached = new Map([...needs.keys()].map((name) => [name, reachable(name, needs)]));
  const circular = new Map<string, Set<string>>();
  for (const [name, direct] of needs) {
    const closing = direct.filter((need) => need === name || reached.get(need)?.has(name));
    if (closing.length > 0) circular.set(name, new Set(closing));
  }
  return circular;
}

function reachable(start: string, needs: ReadonlyMap<string, readonly string[]>): Set<string> {
  const seen = new Set<string>();
  const waiting = [...(needs.get(start) ?? [])];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    waiting.push(...(needs.get(name) ?? []));
  }
  return seen;
}
