import { annotationsPath, dependenciesPath, metadataFile, propertiesPath } from '../../registry/annotations.ts';
import { field, isMapping, show, textField } from '../../yaml/field.ts';
import { childrenOf } from '../../tree/tree.ts';
import type { YamlFile } from '../../yaml/yaml-file.ts';
import type { Bundle } from '../bundle.ts';
import type { Fault, Rule } from '../rule.ts';
import { eachCsv } from './each-csv.ts';

/** What catalogs are made of: metadata/ beside annotations.yaml, and the annotations of the ClusterServiceVersion. */
export const metadataRules: readonly Rule[] = [
  {
    id: 'registry-properties',
    formats: ['registry'],
    holds: 'metadata/properties.yaml is a list of properties, each with type and value',
    level: 'error',
    reason:
      'OLM v1 reads it with the bundle, and fails on another (rukpak/bundle/source/source.go, copyMetadataPropertiesToCSV); opm refuses one without type or value (alpha/property/property.go, Validate).',
    remedy: 'Write properties: [{ type: …, value: … }].',
    check: listRule(propertiesPath, 'properties'),
  },
  {
    id: 'registry-dependencies',
    formats: ['registry'],
    holds: 'metadata/dependencies.yaml is a list of dependencies, each with type and value',
    level: 'error',
    reason: 'opm refuses the bundle (operator-registry, pkg/lib/bundle/validate.go, validateDependencies).',
    remedy:
      'Write dependencies: [{ type: olm.package, value: … }]; types are olm.package, olm.gvk, olm.label and olm.constraint.',
    check: listRule(dependenciesPath, 'dependencies', ['olm.package', 'olm.gvk', 'olm.label', 'olm.constraint']),
  },
  {
    id: 'registry-metadata',
    formats: ['registry'],
    holds: 'metadata/ has YAML files alone',
    level: 'warning',
    reason:
      'opm reads every file there to find its own (operator-registry, pkg/lib/bundle/validate.go, ValidateBundleFormat).',
    remedy: 'Move the file out of metadata/.',
    *check({ tree }) {
      for (const { path, type } of childrenOf(tree, 'metadata')) {
        if (type === 'directory') yield { message: `${path} is a folder`, path };
        else if (type === 'file' && ![annotationsPath, propertiesPath, dependenciesPath].includes(path)) {
          const problem = metadataFile(tree, path)?.problem;
          if (problem) yield problem;
        }
      }
    },
  },
  {
    id: 'csv-properties',
    formats: ['registry'],
    holds: 'the annotation olm.properties is a list of properties, as JSON',
    level: 'error',
    reason:
      'OLM v1 reads it with the bundle, and fails on another (rukpak/bundle/source/source.go, copyMetadataPropertiesToCSV).',
    remedy: 'Write the properties into metadata/properties.yaml, and take the annotation out.',
    check: eachCsv(function* ({ value, place }) {
      const text = textField(value, 'metadata', 'annotations', 'olm.properties');
      if (text === undefined) return;
      const path = place('metadata', 'annotations', 'olm.properties');
      const read = json(text);
      if (!Array.isArray(read)) yield { message: 'the annotation is no list in JSON', path };
      else if (!read.every((one) => isMapping(one) && typeof one['type'] === 'string')) {
        yield { message: 'a property has no type', path };
      }
    }),
  },
  {
    id: 'csv-examples',
    formats: ['registry'],
    holds: 'the annotation alm-examples is a list of objects, as JSON',
    level: 'warning',
    reason:
      "Consoles offer them to people, and OLM's validators refuse others (operator-framework/api, validateExamplesAnnotations).",
    remedy: 'Write a list of custom resources in JSON.',
    check: eachCsv(function* ({ value, place }) {
      const key = ['alm-examples', 'olm.examples'].find(
        (one) => field(value, 'metadata', 'annotations', one) !== undefined,
      );
      const text = key && textField(value, 'metadata', 'annotations', key);
      if (key === undefined || text === undefined || text === '') return;
      const read = json(text);
      if (Array.isArray(read) && read.every(isMapping)) return;
      yield { message: `${key} is no list of objects`, path: place('metadata', 'annotations', key) };
    }),
  },
  {
    id: 'csv-annotations',
    formats: ['registry'],
    holds: 'the annotations of the ClusterServiceVersion fit onto a Deployment',
    level: 'error',
    reason:
      'rukpak and OLM v1 copy them onto each Deployment (pkg/convert/registryv1.go, Convert; generators.go, BundleCSVDeploymentGenerator), and the API server takes 256 KiB of annotations.',
    remedy: 'Take out large ones, such as alm-examples.',
    check: eachCsv(function* ({ value, place }) {
      const annotations = field(value, 'metadata', 'annotations');
      const pairs = isMapping(annotations) ? Object.entries(annotations) : [];
      const size = pairs.reduce((sum, [key, one]) => sum + Buffer.byteLength(`${key}${String(one)}`), 0);
      if (size > 256 * 1024) yield { message: `they have ${size} bytes`, path: place('metadata', 'annotations') };
    }),
  },
];

/** A file of metadata/ that is a list under one key; nothing to judge where there is none. */
function listRule(path: string, key: string, types?: readonly string[]): (bundle: Bundle) => Fault[] | undefined {
  return ({ tree }) => {
    const file = metadataFile(tree, path);
    return file && [...listFaults(file, key, types)];
  };
}

function* listFaults(file: YamlFile, key: string, types: readonly string[] | undefined): Iterable<Fault> {
  if (file.problem) {
    yield file.problem;
    return;
  }
  for (const remark of file.remarks) yield { ...remark, level: 'warning' };
  const list = field(file.value, key);
  if (!Array.isArray(list)) {
    yield { message: `${key} is no list`, path: file.place(key) };
    return;
  }
  for (const [at, one] of (list as unknown[]).entries()) {
    const type = textField(one, 'type') ?? '';
    if (type === '') yield { message: `${key}[${at}] has no type`, path: file.place(key, at) };
    else if (types?.includes(type) === false) {
      yield { message: `${key}[${at}] is of the type ${show(type)}`, path: file.place(key, at, 'type') };
    }
    if (!isMapping(one) || !('value' in one))
      yield { message: `${key}[${at}] has no value`, path: file.place(key, at) };
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
