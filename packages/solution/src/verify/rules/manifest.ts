import { manifestPath } from '../../format/layout.ts';
import { annotation, manifestApiVersion, manifestKind } from '../../format/manifest.ts';
import { solutionNameProblems } from '../../format/name.ts';
import { show } from '../../format/problem.ts';
import type { Problem } from '../../format/problem.ts';
import { solutionVersionProblems } from '../../format/version.ts';
import { field } from '../../format/yaml-text.ts';
import type { Archive } from '../archive.ts';
import type { Fault, Rule } from '../finding.ts';

/** What manifest.yaml has to say. Rules about what it names stand in named.ts. */
export const manifestRules: readonly Rule[] = [
  {
    id: 'manifest-file',
    holds: 'manifest.yaml is there and is YAML',
    level: 'error',
    reason: 'Without it the ISO is no Solution, and its import fails.',
    remedy: 'Put a manifest.yaml at the root of the ISO.',
    check({ manifest }) {
      if (manifest === undefined) return [{ message: 'the root of the ISO has no manifest.yaml' }];
      if (manifest.problem !== undefined) return [{ message: manifest.problem, path: manifestPath }];
      return isMapping(manifest.value) ? [] : [{ message: 'manifest.yaml is no mapping', path: manifestPath }];
    },
  },
  {
    id: 'manifest-kind',
    holds: `manifest.yaml is a ${manifestKind} of ${manifestApiVersion}`,
    level: 'error',
    reason: 'The import succeeds with any other, and then the Solution is silently unavailable.',
    remedy: `Set apiVersion: ${manifestApiVersion} and kind: ${manifestKind}.`,
    check: about(function* (value) {
      const apiVersion = field(value, 'apiVersion');
      const kind = field(value, 'kind');
      if (apiVersion !== manifestApiVersion || kind !== manifestKind) {
        yield `manifest.yaml has apiVersion ${show(apiVersion)} and kind ${show(kind)}`;
      }
    }),
  },
  {
    id: 'manifest-name',
    holds: 'metadata.name is one that MetalK8s takes',
    level: 'error',
    reason: 'It becomes a mount point, a repository, and the name of Kubernetes objects.',
    remedy: 'Set metadata.name to an RFC 1123 label.',
    check: about(function* (value) {
      const name = field(value, 'metadata', 'name');
      if (typeof name !== 'string') yield `metadata.name is ${show(name)}, not a string`;
      else yield* solutionNameProblems(name);
    }),
  },
  {
    id: 'manifest-version',
    holds: 'spec.version is one that MetalK8s takes',
    level: 'error',
    reason:
      'It becomes a YAML key, a label, and part of the name of a volume; a number raises a TypeError in MetalK8s.',
    remedy: 'Set spec.version to a quoted string X.Y.Z.',
    check: about(function* (value) {
      const name = field(value, 'metadata', 'name');
      const version = field(value, 'spec', 'version');
      if (typeof version !== 'string') yield `spec.version is ${show(version)}, not a string`;
      else yield* solutionVersionProblems(version, typeof name === 'string' ? name : undefined);
    }),
  },
  {
    id: 'manifest-strings',
    holds: 'labels and annotations are strings',
    level: 'error',
    reason: "MetalK8s' templates print them; a date or a number breaks there, and Kubernetes takes strings only.",
    remedy: 'Quote the value.',
    check: about(function* (value) {
      for (const path of [['annotations'], ['metadata', 'annotations'], ['metadata', 'labels']]) {
        yield* stringsProblems(path.join('.'), field(value, ...path));
      }
    }),
  },
  {
    id: 'manifest-display-name',
    holds: 'the display name is where MetalK8s looks for it',
    level: 'warning',
    reason: "MetalK8s' code reads it from annotations at the top level, its documentation puts it under metadata.",
    remedy: `Write ${annotation.displayName} under annotations and under metadata.annotations, with one value.`,
    check: about(function* (value) {
      const places = [field(value, 'annotations'), field(value, 'metadata', 'annotations')];
      if (!places.every((place) => place === undefined || isMapping(place))) return;
      const [read, documented] = places.map((place) => field(place, annotation.displayName));
      if (read !== documented)
        yield `annotations has the display name ${show(read)}, metadata.annotations ${show(documented)}`;
    }),
  },
  {
    id: 'manifest-api-groups',
    holds: 'spec.customApiGroups is a list of strings',
    level: 'error',
    reason: 'MetalK8s merges it with its own list.',
    remedy: 'Write a list of API groups, or leave it out.',
    check: about(function* (value) {
      const groups = field(value, 'spec', 'customApiGroups');
      if (groups !== undefined && !isStrings(groups)) yield `spec.customApiGroups is ${show(groups)}`;
    }),
  },
];

/** A check of the parsed manifest; nothing to judge where there is none. */
function about(check: (value: unknown) => Iterable<string | Problem>): (archive: Archive) => Fault[] | undefined {
  return ({ manifest }) => {
    if (!isMapping(manifest?.value)) return undefined;
    return Array.from(check(manifest.value), (found) => ({
      path: manifestPath,
      ...(typeof found === 'string' ? { message: found } : { message: found.message, remedy: found.help }),
    }));
  };
}

function* stringsProblems(name: string, values: unknown): Iterable<string | Problem> {
  if (values === undefined) return;
  if (!isMapping(values)) yield `${name} is ${show(values)}, not a mapping`;
  else
    for (const [key, value] of Object.entries(values)) {
      if (typeof value !== 'string') yield `${name} has ${show(key)} with the value ${show(value)}, not a string`;
    }
}

function isMapping(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
