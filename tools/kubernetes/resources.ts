import { parse } from 'yaml';
import type { ApiObject } from './objects.ts';
import { applySchema, type StructuralSchema } from './structural-schema.ts';

/** A kind that the server knows. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  /** `/status` is apart: without it nothing changes the status, with it nothing else. */
  readonly hasStatus: boolean;
  /** Puts in what the API server adds, and returns what it would refuse. */
  admit(object: ApiObject): string[];
}

interface Crd {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly scope: string;
    readonly names: { readonly kind: string; readonly plural: string };
    readonly versions: readonly {
      readonly name: string;
      readonly schema: { readonly openAPIV3Schema: StructuralSchema };
      readonly subresources?: { readonly status?: object };
    }[];
  };
}

/** What a CRD file defines, checked by its schema. */
export function customResource(crdYaml: string): Resource {
  const { metadata, spec } = parse(crdYaml) as Crd;
  const [version] = spec.versions;
  if (version === undefined || spec.scope !== 'Namespaced' || metadata.name !== `${spec.names.plural}.${spec.group}`) {
    throw new Error(`the API server would not take this CRD: ${metadata.name}`);
  }
  const { properties, ...schema } = version.schema.openAPIV3Schema;
  return {
    group: spec.group,
    version: version.name,
    plural: spec.names.plural,
    kind: spec.names.kind,
    hasStatus: version.subresources?.status !== undefined,
    admit: (object) => {
      const { apiVersion: _, kind: _kind, metadata: _metadata, ...own } = object;
      const wrong = applySchema({ ...schema, properties: properties ?? {} }, own);
      Object.assign(object, own);
      return wrong;
    },
  };
}

/** Some of what the API server puts into what it is given: whoever compares naively never comes to rest. */
export const builtIn: readonly Resource[] = [
  { ...core('ConfigMap', 'configmaps'), hasStatus: false, admit: () => [] },
  { ...core('Service', 'services'), hasStatus: true, admit: admitService },
  { group: 'apps', version: 'v1', plural: 'deployments', kind: 'Deployment', hasStatus: true, admit: admitDeployment },
];

function core(kind: string, plural: string) {
  return { group: '', version: 'v1', plural, kind };
}

type Fields = Record<string, unknown>;

function admitService(object: ApiObject): string[] {
  const spec = object['spec'] as Fields;
  const defaults = {
    type: 'ClusterIP',
    sessionAffinity: 'None',
    clusterIP: '10.96.0.10',
    internalTrafficPolicy: 'Cluster',
  };
  object['spec'] = { ...defaults, ...spec };
  const valid = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(object.metadata.name);
  return valid ? [] : [`metadata.name: ${object.metadata.name} is no RFC 1035 label`];
}

function admitDeployment(object: ApiObject): string[] {
  const spec = object['spec'] as Fields;
  const template = spec['template'] as { metadata: { labels: Fields }; spec: Fields & { containers: Fields[] } };
  const containers = template.spec.containers.map((container) => ({
    imagePullPolicy: 'IfNotPresent',
    terminationMessagePath: '/dev/termination-log',
    ...container,
  }));
  const pod = { restartPolicy: 'Always', dnsPolicy: 'ClusterFirst', ...template.spec, containers };
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } };
  object['spec'] = { strategy, progressDeadlineSeconds: 600, ...spec, template: { ...template, spec: pod } };
  const { matchLabels } = spec['selector'] as { matchLabels: Fields };
  const selects = Object.entries(matchLabels).every(([label, value]) => template.metadata.labels[label] === value);
  return selects ? [] : ['spec.template.metadata.labels: the selector does not match'];
}
