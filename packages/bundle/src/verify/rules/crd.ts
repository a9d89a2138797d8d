import { identityOf, isMap } from '../../kubernetes/identity.ts';
import type { ManifestObject } from '../../kubernetes/manifest.ts';
import { isLabel1035, isSubdomain } from '../../kubernetes/names.ts';
import { structuralProblems } from '../../kubernetes/structural-schema.ts';
import type { Bundle } from '../bundle.ts';
import type { Fault, Rule } from '../rule.ts';

const formats = ['plain', 'registry', 'helm'] as const;
const source = 'apiextensions-apiserver pkg/apis/apiextensions/validation';

/** What the API server asks of CustomResourceDefinitions of apiextensions.k8s.io/v1. */
export const crdRules: readonly Rule[] = [
  {
    id: 'crd-names',
    formats,
    holds: 'CustomResourceDefinitions are named as their resources',
    level: 'error',
    reason: `The API server refuses others (${source}, ValidateCustomResourceDefinition).`,
    remedy: 'Name it `<plural>.<group>`; the group has a dot, kind and plural are there.',
    check: each(nameFaults),
  },
  {
    id: 'crd-versions',
    formats,
    holds: 'CustomResourceDefinitions have versions, one of which is stored',
    level: 'error',
    reason: `The API server refuses others (${source}, validateCustomResourceDefinitionSpec).`,
    remedy: 'Give each version a name of its own, and exactly one `storage: true`.',
    check: each(versionFaults),
  },
  {
    id: 'crd-schema',
    formats,
    holds: 'all versions of CustomResourceDefinitions have a schema',
    level: 'error',
    reason: `The API server refuses a version without one (${source}, validateCustomResourceDefinitionSpec, requireOpenAPISchema).`,
    remedy:
      'Write schema.openAPIV3Schema; at the least `type: object` with `x-kubernetes-preserve-unknown-fields: true`.',
    check: each(schemaFaults),
  },
  {
    id: 'crd-structural',
    formats,
    holds: 'the schemas of CustomResourceDefinitions are structural',
    level: 'error',
    reason:
      'The API server refuses others, since it removes what a schema does not know (apiextensions-apiserver pkg/apiserver/schema, ValidateStructural).',
    remedy:
      'Give every field, item and the root a type; see "Specifying a structural schema" in the documentation of Kubernetes.',
    check: each(structuralFaults),
  },
];

type Spec = Readonly<Record<string, unknown>>;

function each(check: (object: ManifestObject, spec: Spec) => Iterable<Fault>): Rule['check'] {
  return ({ objects }: Bundle) => {
    const crds = objects.filter(isCrd);
    return crds.length === 0 ? undefined : crds.flatMap((object) => [...check(object, specOf(object))]);
  };
}

/** v1beta1 has other rules, and is not served any more. */
function isCrd(object: ManifestObject): boolean {
  const { group, version, kind } = identityOf(object);
  return group === 'apiextensions.k8s.io' && version === 'v1' && kind === 'CustomResourceDefinition';
}

function specOf({ value }: ManifestObject): Spec {
  return isMap(value['spec']) ? value['spec'] : {};
}

function* nameFaults(object: ManifestObject, spec: Spec): Generator<Fault, void, undefined> {
  const { group, scope } = spec;
  const names = isMap(spec['names']) ? spec['names'] : {};
  if (typeof group !== 'string' || !isSubdomain(group) || !group.includes('.')) {
    yield { message: 'spec.group is no domain with a dot', path: object.place('spec', 'group') };
  }
  if (scope !== 'Namespaced' && scope !== 'Cluster') {
    yield { message: 'spec.scope is neither Namespaced nor Cluster', path: object.place('spec', 'scope') };
  }
  for (const key of ['plural', 'singular', 'kind', 'listKind'] as const) {
    const value = names[key];
    // The API server makes these of the kind.
    if (value === undefined && (key === 'singular' || key === 'listKind')) continue;
    const text = typeof value === 'string' ? value : '';
    if (!isLabel1035(key === 'kind' || key === 'listKind' ? text.toLowerCase() : text)) {
      yield {
        message: `spec.names.${key} is missing, or no label of RFC 1035`,
        path: object.place('spec', 'names', key),
      };
    }
  }
  if (names['kind'] !== undefined && names['kind'] === names['listKind']) {
    yield { message: 'kind and listKind are the same', path: object.place('spec', 'names', 'listKind') };
  }
  const { name } = identityOf(object);
  const wanted = `${String(names['plural'])}.${String(group)}`;
  if (name !== '' && typeof names['plural'] === 'string' && typeof group === 'string' && name !== wanted) {
    yield { message: `its name is ${name}, not ${wanted}`, path: object.place('metadata', 'name') };
  }
  yield* approvalFaults(object, group);
}

/** Groups of Kubernetes' own: pkg/apihelpers, IsProtectedCommunityGroup. */
function* approvalFaults(object: ManifestObject, group: unknown): Generator<Fault, void, undefined> {
  if (typeof group !== 'string' || !/(^|\.)(k8s|kubernetes)\.io$/.test(group)) return;
  const { metadata } = object.value;
  const annotations = isMap(metadata) && isMap(metadata['annotations']) ? metadata['annotations'] : {};
  const approved = annotations['api-approved.kubernetes.io'];
  if (typeof approved === 'string' && /^(unapproved|https?:\/\/\S+)/.test(approved)) return;
  const message = `the group ${group} is one of Kubernetes' own: it wants the annotation api-approved.kubernetes.io`;
  yield { message, path: object.place('spec', 'group') };
}

function* versionFaults(object: ManifestObject, spec: Spec): Generator<Fault, void, undefined> {
  const { versions } = spec;
  if (!Array.isArray(versions) || versions.length === 0) {
    yield { message: 'spec.versions is no list of versions', path: object.place('spec', 'versions') };
    return;
  }
  const seen = new Set<string>();
  for (const [index, version] of (versions as unknown[]).entries()) {
    const name = isMap(version) && typeof version['name'] === 'string' ? version['name'] : '';
    const path = object.place('spec', 'versions', index, 'name');
    if (!isLabel1035(name))
      yield { message: `the name of version ${index + 1} is missing, or no label of RFC 1035`, path };
    else if (seen.has(name)) yield { message: `the version ${name} is there twice`, path };
    seen.add(name);
    for (const key of ['served', 'storage']) {
      if (isMap(version) && typeof version[key] !== 'boolean') {
        yield {
          message: `${key} of version ${name} is neither true nor false`,
          path: object.place('spec', 'versions', index, key),
        };
      }
    }
  }
  const stored = (versions as unknown[]).filter((version) => isMap(version) && version['storage'] === true).length;
  if (stored !== 1) {
    yield { message: `${stored} versions are stored, not one`, path: object.place('spec', 'versions') };
  }
  if (spec['preserveUnknownFields'] === true) {
    const message = 'spec.preserveUnknownFields cannot be true any more';
    yield { message, path: object.place('spec', 'preserveUnknownFields') };
  }
}

/** The schemas that there are, by the index of their version. */
function schemasOf(spec: Spec): readonly (Spec | undefined)[] {
  const versions = Array.isArray(spec['versions']) ? (spec['versions'] as unknown[]) : [];
  return versions.map((version) => {
    const schema = isMap(version) && isMap(version['schema']) ? version['schema']['openAPIV3Schema'] : undefined;
    return isMap(schema) ? schema : undefined;
  });
}

function* schemaFaults(object: ManifestObject, spec: Spec): Generator<Fault, void, undefined> {
  for (const [index, schema] of schemasOf(spec).entries()) {
    if (schema !== undefined) continue;
    const path = object.place('spec', 'versions', index, 'schema', 'openAPIV3Schema');
    yield { message: `version ${index + 1} has no schema.openAPIV3Schema`, path };
  }
}

function* structuralFaults(object: ManifestObject, spec: Spec): Generator<Fault, void, undefined> {
  for (const [index, schema] of schemasOf(spec).entries()) {
    if (schema === undefined) continue;
    const inside = ['spec', 'versions', index, 'schema', 'openAPIV3Schema'] as const;
    for (const { keys, message } of structuralProblems(schema)) {
      yield {
        message: `${keys.length === 0 ? 'the root' : keys.join('.')}: ${message}`,
        path: object.place(...inside, ...keys),
      };
    }
  }
}
