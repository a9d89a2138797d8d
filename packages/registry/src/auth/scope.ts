/** What a token is to allow: actions by resource, as `repository:library/debian`. distribution spec/auth/scope.md. */
export type Scope = ReadonlyMap<string, ReadonlySet<string>>;

export function repositoryScope(repository: string, ...actions: readonly string[]): Scope {
  return new Map([[`repository:${repository}`, new Set(actions)]]);
}

/** Scopes as texts say them, `repository:a:pull,push`, several parted by spaces. What is no scope is left out. */
export function parseScope(text: string): Scope {
  const scopes = text.split(' ').flatMap((one): [string, Set<string>][] => {
    const colon = one.lastIndexOf(':');
    return colon <= 0
      ? []
      : [
          [
            one.slice(0, colon),
            new Set(
              one
                .slice(colon + 1)
                .split(',')
                .filter(Boolean),
            ),
          ],
        ];
  });
  return scopes.reduce<Scope>((all, one) => union(all, new Map([one])), new Map());
}

export function union(a: Scope, b: Scope): Scope {
  const all = new Map<string, ReadonlySet<string>>(a);
  for (const [resource, actions] of b) all.set(resource, new Set([...(all.get(resource) ?? []), ...actions]));
  return all;
}

/** True where whoever may do all of `wide` may do all of `narrow`. */
export function covers(wide: Scope, narrow: Scope): boolean {
  return [...narrow].every(([resource, actions]) => {
    const has = wide.get(resource);
    return has !== undefined && [...actions].every((action) => has.has(action) || has.has('*'));
  });
}

/** One text for each resource, sorted: equal scopes have equal texts. */
export function formatScope(scope: Scope): readonly string[] {
  return [...scope].map(([resource, actions]) => `${resource}:${[...actions].sort().join(',')}`).sort();
}
