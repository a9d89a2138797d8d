import { parseAllDocuments } from 'yaml';

/** https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/role-v1 */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** What a request asks for, as Kubernetes' authorization sees it. `resource` has its subresource: `greetings/status`. */
export interface Attributes {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly name?: string | undefined;
}

/** The rules of a Solution's role.yaml: MetalK8s binds each Role and ClusterRole in it in the operator's namespace. */
export function rulesOf(roleYaml: string): Rule[] {
  return parseAllDocuments(roleYaml).flatMap((document) => (document.toJS() as { rules: Rule[] }).rules);
}

/** Rules only ever allow; `*` stands for everything. A rule with resourceNames never allows what has no name yet. */
export function allows(rules: readonly Rule[], { verb, group, resource, name }: Attributes): boolean {
  const has = (list: readonly string[], one: string) => list.includes('*') || list.includes(one);
  return rules.some(
    (rule) =>
      has(rule.apiGroups, group) &&
      has(rule.resources, resource) &&
      has(rule.verbs, verb) &&
      (rule.resourceNames === undefined || (name !== undefined && rule.resourceNames.includes(name))),
  );
}

/** `apps/deployments patch` and so on: every single thing that the rules allow, sorted. */
export function permissions(rules: readonly Rule[]): string[] {
  const all = rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => permission({ verb, group, resource }))),
    ),
  );
  return [...new Set(all)].sort();
}

export function permission({ verb, group, resource }: Attributes): string {
  return `${group}/${resource} ${verb}`;
}
