import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describeFiles, versionOf, type FilesDescription, type WrittenPush } from '@ingot/oci';
import { parseProjectFile, ProjectError, throwErrors } from '@ingot/workspace';
import type { Path, Place, ProjectFile, Schema } from '@ingot/workspace';
import { deployErrors } from '../deploy/deploy-errors.ts';
import { consumersOf, type BundleFormat, type Consumer } from '../formats.ts';

/** What a registry+v1 bundle says of itself, beside its ClusterServiceVersion. */
export interface RegistryDescription {
  readonly package: string;
  readonly channels: readonly string[];
  readonly defaultChannel: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** For the folder metadata. */
  readonly metadata: readonly FilesDescription[];
}

/** What becomes of the bundle in a cluster. */
export interface DeployDescription {
  readonly apiVersion: 'v1alpha1' | 'v1alpha2';
  readonly name: string;
  readonly installNamespace: string | undefined;
  readonly pullSecret: string | undefined;
  readonly insecureSkipTLSVerify: boolean;
  /** Files, relative to the project's folder. */
  readonly certificate: string | undefined;
  readonly values: string | undefined;
}

/** A bundle.yaml, checked and with every value as its author wrote it. */
export interface BundleDescription {
  readonly file: string;
  readonly name: string;
  readonly version: string;
  readonly format: BundleFormat;
  /** What is copied into the bundle: where to, each says. */
  readonly files: readonly FilesDescription[];
  /** Of the format registry alone. */
  readonly registry: RegistryDescription | undefined;
  /** Projects whose images may be named by what other targets make. */
  readonly images: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly repositories: readonly string[];
  readonly consumers: readonly Consumer[];
  readonly deploy: DeployDescription;
  readonly place: (path: Path) => Place;
}

type WrittenSource =
  | string
  | {
      readonly from: string;
      readonly exclude?: readonly string[];
      readonly target?: string;
      readonly project?: string;
    };

/** What the schema lets through. */
interface WrittenBundle extends WrittenPush {
  readonly format: BundleFormat;
  readonly manifests?: readonly WrittenSource[];
  readonly chart?: WrittenSource;
  readonly registry?: {
    readonly package: string;
    readonly channels: readonly string[];
    readonly defaultChannel?: string;
    readonly annotations?: object;
    readonly metadata?: readonly WrittenSource[];
  };
  readonly images?: readonly string[];
  readonly labels?: object;
  readonly annotations?: object;
  readonly consumers?: readonly Consumer[];
  readonly deploy?: Partial<DeployDescription>;
}

let schema: Schema | undefined;

/** The JSON Schema of bundle.yaml: the same object each time, since what is compiled of it is kept by it. */
export function bundleSchema(): Schema {
  schema ??= JSON.parse(readFileSync(new URL('../../schema/bundle.schema.json', import.meta.url), 'utf8')) as Schema;
  return schema;
}

/**
 * The project file itself, for what concerns its push too (`describePush`). Throws ProjectErrors with their places: what
 * parseProjectFile throws, and INGOT_BUNDLE_FILE where there is none or it is another tool's.
 * @param path absolute
 */
export async function openBundleFile(path: string): Promise<ProjectFile<WrittenBundle>> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ProjectError('INGOT_BUNDLE_FILE', `cannot read ${path}: ${(cause as Error).message}`, { path, cause });
  });
  const file = parseProjectFile<WrittenBundle>({ text, file: path, kind: 'bundle/v1', schema: bundleSchema() });
  if (file) return file;
  throw new ProjectError('INGOT_BUNDLE_FILE', 'this is no bundle of Ingot: its first key is not `ingot: bundle/v1`', {
    place: { file: path, line: 1, column: 1 },
    help: 'begin the file with `ingot: bundle/v1`',
  });
}

/**
 * Reads a bundle.yaml. Throws what openBundleFile throws, INGOT_BUNDLE_KEY for a key that the format has no use for or
 * lacks, INGOT_FILE_VALUE, and what `versionOf` of @ingot/oci throws.
 */
export async function readBundleFile(path: string): Promise<BundleDescription> {
  const file = await openBundleFile(path);
  throwErrors(wrongKeys(file));
  const { value } = file;
  const map = (...at: string[]): Record<string, string> =>
    Object.fromEntries(Object.keys(valueAt(value, at) ?? {}).map((name) => [name, file.text([...at, name])!]));
  const sources = (written: readonly WrittenSource[], at: Path, to: string): FilesDescription[] =>
    written.map((source, i) => sourceOf(file, [...at, i], source, to));
  const { format, registry, chart } = value;
  const name = file.text(['name'])!;
  const deploy: DeployDescription = {
    apiVersion: value.deploy?.apiVersion ?? 'v1alpha2',
    name: value.deploy?.name ?? name.split('/').at(-1)!.replaceAll('_', '-'),
    installNamespace: value.deploy?.installNamespace,
    pullSecret: value.deploy?.pullSecret,
    insecureSkipTLSVerify: value.deploy?.insecureSkipTLSVerify ?? false,
    certificate: value.deploy?.certificate,
    values: value.deploy?.values,
  };
  // What no cluster would take, before anything is pushed; the files that it names are read when it is written.
  const { certificate: _, values: __, ...facts } = deploy;
  if (value.deploy !== undefined) throwErrors(deployErrors({ ...facts, format }, (at) => file.place(at)));
  return {
    file: path,
    name,
    version: versionOf(file.text(['version'])!, path),
    format,
    files: [
      ...sources(value.manifests ?? [], ['manifests'], '/manifests/'),
      ...(chart === undefined ? [] : [sourceOf(file, ['chart'], chart, '/')]),
    ],
    registry: registry && {
      package: registry.package,
      channels: registry.channels,
      defaultChannel: registry.defaultChannel ?? registry.channels[0]!,
      annotations: map('registry', 'annotations'),
      metadata: sources(registry.metadata ?? [], ['registry', 'metadata'], '/metadata/'),
    },
    images: value.images ?? [],
    labels: map('labels'),
    annotations: map('annotations'),
    repositories: [value.repository ?? []].flat(),
    consumers: value.consumers ?? consumersOf(format),
    deploy,
    place: (at) => file.place(at),
  };
}

function sourceOf(file: ProjectFile<object>, at: Path, source: WrittenSource, to: string): FilesDescription {
  if (typeof source !== 'string') return describeFiles(file, at, { ...source, to }, (_, __, read) => read());
  const place = file.place(at);
  return {
    ...{ place, targetPlace: place, projectPlace: place, from: source, to, mode: undefined, owner: { uid: 0, gid: 0 } },
    ...{ exclude: [], target: undefined, project: undefined },
  };
}

function valueAt(value: unknown, path: readonly string[]): object | undefined {
  return path.reduce<unknown>((each, key) => (each as Record<string, unknown> | undefined)?.[key], value) as object;
}

/** Keys that each format must have, and may have. */
const keysOf: Readonly<Record<BundleFormat, { readonly must: readonly string[]; readonly may: readonly string[] }>> = {
  plain: { must: ['manifests'], may: [] },
  registry: { must: ['manifests', 'registry'], may: [] },
  helm: { must: ['chart'], may: ['deploy.values'] },
};

function wrongKeys(file: ProjectFile<WrittenBundle>): ProjectError[] {
  const { value } = file;
  const { must, may } = keysOf[value.format];
  const wrong = (message: string, at: Path, help: string) =>
    new ProjectError('INGOT_BUNDLE_KEY', message, { place: file.place(at), help });
  const has = (key: string): boolean => valueAt(value, key.split('.')) !== undefined;
  const missing = must.filter((key) => !has(key));
  const idle = ['manifests', 'registry', 'chart', 'deploy.values'].filter(
    (key) => has(key) && !must.includes(key) && !may.includes(key),
  );
  const channels = value.registry?.channels ?? [];
  const unknown = value.registry?.defaultChannel;
  return [
    ...missing.map((key) => wrong(`the format ${value.format} needs ${key}`, ['format'], `add \`${key}\``)),
    ...idle.map((key) =>
      wrong(
        `the format ${value.format} has no use for ${key}`,
        key.split('.'),
        'leave it out, or choose another format',
      ),
    ),
    ...(unknown === undefined || channels.includes(unknown)
      ? []
      : [
          wrong(
            `"${unknown}" is none of the channels`,
            ['registry', 'defaultChannel'],
            `the channels are ${channels.join(', ')}`,
          ),
        ]),
    ...(value.format === 'registry' || !value.consumers?.includes('olm')
      ? []
      : [wrong(`OLM v1 takes no bundle of the format ${value.format}`, ['consumers'], 'it takes registry alone')]),
  ];
}
