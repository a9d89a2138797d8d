/** An image of the archive, by the names that MetalK8s knows it by. */
export interface ImageName {
  readonly name: string;
  readonly tag: string;
}

/** What manifest.yaml says. All strings are checked already. */
export interface ManifestFacts {
  readonly name: string;
  readonly version: string;
  readonly displayName?: string | undefined;
  /** Every image and alias of the archive. */
  readonly images: readonly ImageName[];
  readonly operator?: ImageName | undefined;
  readonly ui?: ImageName | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly customApiGroups?: readonly string[] | undefined;
}

export const manifestApiVersion = 'solutions.metalk8s.scality.com/v1alpha1';
export const manifestKind = 'Solution';

/** The annotations of a Solution that MetalK8s' guidelines name. */
export const annotation = {
  displayName: 'solutions.metalk8s.scality.com/display-name',
  buildTimestamp: 'solutions.metalk8s.scality.com/build-timestamp',
  buildHost: 'solutions.metalk8s.scality.com/build-host',
  developmentRelease: 'solutions.metalk8s.scality.com/development-release',
  gitRevision: 'solutions.metalk8s.scality.com/git-revision',
} as const;

/**
 * The text of manifest.yaml: the same for the same facts, every string quoted (a YAML 1.1 reader would take a bare
 * timestamp, `1.0` or `on` for something else). The display name stands at two places: the documentation puts it under
 * metadata, MetalK8s' code (_archive_info_from_manifest) reads it at the top level.
 */
export function manifestYaml(facts: ManifestFacts): string {
  const displayName = facts.displayName ?? facts.annotations?.[annotation.displayName];
  const shown = displayName === undefined ? {} : { [annotation.displayName]: displayName };
  const lines = [
    `apiVersion: ${quoted(manifestApiVersion)}`,
    `kind: ${quoted(manifestKind)}`,
    'metadata:',
    `  name: ${quoted(facts.name)}`,
    ...mapping('  labels', facts.labels ?? {}),
    ...mapping('  annotations', { ...facts.annotations, ...shown }),
    ...(displayName === undefined ? [] : mapping('annotations', shown)),
    'spec:',
    `  version: ${quoted(facts.version)}`,
    ...sequence('  images', facts.images.map((image) => `${image.name}:${image.tag}`).sort()),
    ...component('operator', facts.operator),
    ...component('ui', facts.ui),
    ...sequence('  customApiGroups', facts.customApiGroups ?? []),
  ];
  return lines.join('\n') + '\n';
}

function component(key: string, image: ImageName | undefined): string[] {
  if (image === undefined) return [];
  return [`  ${key}:`, '    image:', `      name: ${quoted(image.name)}`, `      tag: ${quoted(image.tag)}`];
}

function mapping(key: string, values: Readonly<Record<string, string>>): string[] {
  const keys = Object.keys(values).sort();
  if (keys.length === 0) return [`${key}: {}`];
  const indent = ' '.repeat(key.length - key.trimStart().length + 2);
  return [`${key}:`, ...keys.map((name) => `${indent}${quoted(name)}: ${quoted(values[name] ?? '')}`)];
}

function sequence(key: string, values: readonly string[]): string[] {
  if (values.length === 0) return [`${key}: []`];
  const indent = ' '.repeat(key.length - key.trimStart().length + 2);
  return [`${key}:`, ...values.map((value) => `${indent}- ${quoted(value)}`)];
}

/** What PyYAML's reader takes as it is (yaml/reader.py NON_PRINTABLE), less what counts as a line break or byte order mark. */
const printable = /^[\u0020-\u007e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]$/u;

/** A double-quoted scalar that YAML 1.1 and 1.2 read alike (YAML 1.2 § 5.7; ns-esc-16-bit, ns-esc-32-bit). */
function quoted(text: string): string {
  const parts = Array.from(text, (character) => {
    if (character === '"' || character === '\\') return `\\${character}`;
    if (character === '\n') return '\\n';
    if (printable.test(character)) return character;
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
  });
  return `"${parts.join('')}"`;
}
