import type { BundleTree } from '../tree/tree.ts';
import { writtenField } from '../yaml/field.ts';
import { readYamlFile, type YamlFile } from '../yaml/yaml-file.ts';
import { channelsLabel, defaultChannelLabel, packageLabel } from './labels.ts';

export const annotationsPath = 'metadata/annotations.yaml';
export const propertiesPath = 'metadata/properties.yaml';
export const dependenciesPath = 'metadata/dependencies.yaml';

/** metadata/annotations.yaml of a registry+v1 bundle; undefined where there is no such file. */
export function annotationsOf(tree: BundleTree): YamlFile | undefined {
  return metadataFile(tree, annotationsPath);
}

/** A YAML file of a bundle; undefined where there is none, or none that could be read. */
export function metadataFile(tree: BundleTree, path: string): YamlFile | undefined {
  const entry = tree.entries.get(path);
  return entry?.type === 'file' && entry.content !== undefined ? readYamlFile(path, entry.content) : undefined;
}

/** The value of an annotation; numbers become texts, as they do for OLM's tools. Empty where there is none. */
export function annotation(file: YamlFile | undefined, key: string): string {
  return writtenField(file?.value, 'annotations', key);
}

export function packageOf(file: YamlFile | undefined): string {
  return annotation(file, packageLabel);
}

/** Divided at commas, as operator-registry does it (pkg/registry/bundle.go, NewBundle); none where none are named. */
export function channelsOf(file: YamlFile | undefined): string[] {
  const written = annotation(file, channelsLabel);
  return written === '' ? [] : written.split(',');
}

export function defaultChannelOf(file: YamlFile | undefined): string {
  return annotation(file, defaultChannelLabel);
}
