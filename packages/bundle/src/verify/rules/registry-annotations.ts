import { annotation, annotationsOf, channelsOf, defaultChannelOf, packageOf } from '../../registry/annotations.ts';
import { isSubdomain } from '../../kubernetes/names.ts';
import {
  channelsLabel,
  defaultChannelLabel,
  manifestsLabel,
  mediaTypeLabel,
  metadataLabel,
  packageLabel,
} from '../../registry/labels.ts';
import { isMapping, show } from '../../yaml/field.ts';
import type { YamlFile } from '../../yaml/yaml-file.ts';
import type { Fault, Rule } from '../rule.ts';

const fixed = [
  [mediaTypeLabel, 'registry+v1'],
  [manifestsLabel, 'manifests/'],
  [metadataLabel, 'metadata/'],
] as const;
const all = [...fixed.map(([key]) => key), packageLabel, channelsLabel, defaultChannelLabel];

/** metadata/annotations.yaml, and the labels of the image, which repeat it. */
export const annotationRules: readonly Rule[] = [
  {
    id: 'registry-annotations',
    formats: ['registry'],
    holds: 'metadata/annotations.yaml is there and names the package',
    level: 'error',
    reason:
      'rukpak reads it before all else (pkg/convert/registryv1.go, RegistryV1ToPlain), and so does OLM v1 (rukpak/bundle/source/source.go, GetBundle), which refuses an empty package name (validators.go, CheckPackageNameNotEmpty).',
    remedy: `Write metadata/annotations.yaml with annotations, and ${packageLabel} among them.`,
    *check({ tree }) {
      const file = annotationsOf(tree);
      if (file === undefined) yield { message: 'there is no file metadata/annotations.yaml' };
      else if (file.problem) yield file.problem;
      else yield* annotationFaults(file);
    },
  },
  {
    id: 'registry-annotation-values',
    formats: ['registry'],
    holds: 'the annotations say what OLM asks for',
    level: 'error',
    reason:
      'opm alpha bundle validate refuses the bundle (operator-registry, pkg/lib/bundle/validate.go, validateAnnotations); neither unpacker reads more than the package.',
    remedy: 'Write the value that is asked for.',
    check({ tree }) {
      const file = annotationsOf(tree);
      return isMapping(annotationsIn(file)) ? valueFaults(file!) : undefined;
    },
  },
  {
    id: 'registry-labels',
    formats: ['registry'],
    holds: 'the labels of the image repeat the annotations',
    level: 'error',
    reason: `opm knows a bundle by the label ${packageLabel} (operator-registry, alpha/action/render.go, renderImageConfig); of two places that disagree nobody knows which counts.`,
    remedy: 'Label the image with the lines of metadata/annotations.yaml.',
    check: ({ tree }) => (tree.labels === undefined ? undefined : labelFaults(tree.labels, annotationsOf(tree))),
  },
];

function annotationsIn(file: YamlFile | undefined): unknown {
  return isMapping(file?.value) ? file.value['annotations'] : undefined;
}

function* annotationFaults(file: YamlFile): Iterable<Fault> {
  for (const remark of file.remarks) yield { ...remark, level: 'warning' };
  const annotations = annotationsIn(file);
  if (!isMapping(annotations)) {
    yield { message: 'annotations is no mapping', path: file.place('annotations') };
    return;
  }
  for (const key of [packageLabel, channelsLabel, defaultChannelLabel]) {
    const value = annotations[key];
    if (typeof value !== 'object' || value === null) continue;
    yield { message: `${key} is ${show(value)}, not a text`, path: file.place('annotations', key) };
  }
  const name = packageOf(file);
  const path = file.place('annotations', packageLabel);
  if (name === '') yield { message: 'the package has no name', path };
  else if (!isSubdomain(name)) {
    const remedy = 'Use small letters, digits, - and . in it: a ClusterExtension can name no other package.';
    yield { message: `the package is named ${show(name)}`, path, remedy };
  }
}

function* valueFaults(file: YamlFile): Iterable<Fault> {
  const missing = (key: string): Fault => ({
    message: `${key} is missing`,
    path: file.place('annotations', key),
    level: 'warning',
  });
  for (const [key, expected] of fixed) {
    const value = annotation(file, key);
    if (value === '') yield missing(key);
    else if (value !== expected) {
      yield { message: `${key} is ${show(value)}, not ${expected}`, path: file.place('annotations', key) };
    }
  }
  const channels = channelsOf(file);
  const path = file.place('annotations', channelsLabel);
  if (channels.length === 0) yield missing(channelsLabel);
  for (const [at, name] of channels.entries()) {
    if (name.trim() !== name || name === '') yield { message: `a channel is named ${show(name)}`, path };
    if (channels.indexOf(name) < at) yield { message: `the channel ${name} is named twice`, path };
  }
  const first = defaultChannelOf(file);
  if (first !== '' && !channels.includes(first)) {
    const message = `the default channel ${show(first)} is none of the channels`;
    yield { message, path: file.place('annotations', defaultChannelLabel) };
  }
}

function* labelFaults(labels: Readonly<Record<string, string>>, file: YamlFile | undefined): Iterable<Fault> {
  for (const key of all) {
    const label = Object.hasOwn(labels, key) ? labels[key]! : '';
    const annotated = annotation(file, key);
    if (label === annotated) continue;
    if (label === '') {
      const level = key === packageLabel ? 'error' : 'warning';
      yield { message: `the image has no label ${key}=${annotated}`, level };
    } else if (annotated !== '') {
      const message = `the image has the label ${key}=${label}, and the annotation is ${show(annotated)}`;
      yield { message, path: file?.place('annotations', key) };
    }
  }
}
