import { manifestPath } from '../../format/layout.ts';
import { annotation, manifestApiVersion, manifestKind } from '../../format/manifest.ts';
import { solutionNameProblems } from '../../format/name.ts';
import { show } from '../../format/problem.ts';
import { solutionVersionProblems } from '../../format/version.ts';
import { field, yamlDocuments } from '../../format/yaml-text.ts';
import type { Origin } from './origin.ts';
import type { Report } from './report.ts';

/** What of a manifest.yaml goes into solution.yaml. */
export interface FoundManifest {
  readonly name: string;
  readonly version: string;
  readonly displayName?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly developmentRelease: boolean;
  readonly customApiGroups: readonly string[];
  /** `name` or `name:tag` as spec says them; the defaults of MetalK8s where it does not. */
  readonly operator: string;
  readonly ui: string | undefined;
}

const largest = 1024 * 1024;
const fallbackVersion = '0.1.0';

/** What each of these tells of the build that is over, and how a new build is asked for it. */
const ofTheBuild: Readonly<Record<string, string>> = {
  [annotation.buildTimestamp]: 'time',
  [annotation.buildHost]: 'host',
  [annotation.gitRevision]: 'revision',
};

/** Reads the manifest, if there is one. `fallbackName` is the name where it gives none that can be used. */
export async function readManifest(origin: Origin, fallbackName: string, report: Report): Promise<FoundManifest> {
  const value = await manifestValue(origin, report);
  const name = nameOf(field(value, 'metadata', 'name'), fallbackName, report);
  const version = versionOf(field(value, 'spec', 'version'), name, report);
  const annotations = annotationsOf(value, report);
  const { [annotation.displayName]: displayName, [annotation.developmentRelease]: development, ...rest } = annotations;
  reportOthers(value, report);
  return {
    name,
    version,
    ...(displayName === undefined ? {} : { displayName }),
    labels: strings(field(value, 'metadata', 'labels'), 'the label', report),
    annotations:
      development === undefined || development === '1'
        ? rest
        : { ...rest, [annotation.developmentRelease]: development },
    developmentRelease: development === '1',
    customApiGroups: groupsOf(value, report),
    operator:
      reference(field(value, 'spec', 'operator', 'image')) ??
      `${name}-operator:${plain(field(value, 'spec', 'version') ?? version)}`,
    ui: reference(field(value, 'spec', 'ui', 'image')),
  };
}

async function manifestValue(origin: Origin, report: Report): Promise<unknown> {
  const entry = origin.tree.resolve(manifestPath);
  if (entry?.type !== 'file' || entry.size > largest) {
    report.add('there is no manifest.yaml: name and version are made up');
    return undefined;
  }
  const parts: Uint8Array[] = [];
  for await (const part of origin.read(entry)) parts.push(Uint8Array.from(part));
  const documents = yamlDocuments(Buffer.concat(parts).toString('utf8'), 'INGOT_MANIFEST_YAML', manifestPath);
  if ('problem' in documents) report.add(`${documents.problem.message}: nothing of it is carried over`);
  return 'values' in documents ? documents.values[0] : undefined;
}

function nameOf(value: unknown, fallback: string, report: Report): string {
  if (typeof value === 'string' && solutionNameProblems(value).length === 0) return value;
  const wanted = typeof value === 'string' ? value : fallback;
  const label = wanted
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replace(/^(metalk8s-)+/, '')
    .slice(0, 40)
    .replaceAll(/^-+|-+$/g, '');
  const name = label === '' ? 'imported' : label;
  report.add(
    value === undefined
      ? `no name was found: it is ${name} now`
      : `the name ${show(value)} cannot be used: it is ${name} now`,
  );
  return name;
}

function versionOf(value: unknown, name: string, report: Report): string {
  if (typeof value === 'string' && solutionVersionProblems(value, name).length === 0) return value;
  const [major, minor = '0'] = /^(\d+)(?:\.(\d+))?$/.exec(plain(value))?.slice(1) ?? [];
  const lower = plain(value).toLowerCase().replace(/^v/, '').replaceAll(/[+_]/g, '-');
  const candidates = [...(major === undefined ? [] : [`${major}.${minor}.0`]), lower];
  const version = candidates.find((one) => solutionVersionProblems(one, name).length === 0) ?? fallbackVersion;
  report.add(
    value === undefined
      ? `no version was found: it is ${version} now`
      : `the version ${show(value)} is none that MetalK8s takes: it is ${version} now`,
  );
  return version;
}

function annotationsOf(value: unknown, report: Report): Record<string, string> {
  const documented = strings(field(value, 'metadata', 'annotations'), 'the annotation', report);
  const read = strings(field(value, 'annotations'), 'the annotation', report);
  const all = { ...documented, ...read };
  for (const [key, fact] of Object.entries(ofTheBuild)) {
    if (!(key in all)) continue;
    report.add(`the annotation ${key} tells of the old build: for new ones, add ${fact} to buildInfo`);
    delete all[key];
  }
  return all;
}

function strings(value: unknown, what: string, report: Report): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  const entries = Object.entries(value).map(([key, one]: [string, unknown]): [string, string] => {
    if (typeof one === 'string') return [key, one];
    const text = plain(one);
    report.add(`${what} ${key} was no string: it is ${show(text)} now`);
    return [key, text];
  });
  return Object.fromEntries(entries);
}

function groupsOf(value: unknown, report: Report): string[] {
  const groups = field(value, 'spec', 'customApiGroups');
  if (groups === undefined) return [];
  if (Array.isArray(groups) && groups.every((one) => typeof one === 'string')) return groups;
  report.add(`spec.customApiGroups is ${show(groups)}, no list of strings`);
  return [];
}

function reference(image: unknown): string | undefined {
  const name = field(image, 'name');
  const tag = field(image, 'tag');
  if (typeof name !== 'string') return undefined;
  return tag === undefined ? name : `${name}:${plain(tag)}`;
}

/** A value that should have been a string, as one. */
function plain(value: unknown): string {
  if (typeof value === 'string') return value;
  return value instanceof Date ? value.toISOString() : JSON.stringify(value ?? null);
}

const knownKeys = {
  root: ['apiVersion', 'kind', 'metadata', 'annotations', 'spec'],
  metadata: ['name', 'labels', 'annotations'],
  spec: ['version', 'images', 'operator', 'ui', 'customApiGroups'],
};

function reportOthers(value: unknown, report: Report): void {
  if (value === undefined) return;
  const kind = field(value, 'kind');
  const apiVersion = field(value, 'apiVersion');
  if (kind !== manifestKind || apiVersion !== manifestApiVersion) {
    report.add(
      `manifest.yaml was ${show(kind)} of ${show(apiVersion)}: it becomes ${manifestKind} of ${manifestApiVersion}`,
    );
  }
  const places = [
    ['', value, knownKeys.root],
    ['metadata.', field(value, 'metadata'), knownKeys.metadata],
    ['spec.', field(value, 'spec'), knownKeys.spec],
  ] as const;
  for (const [prefix, object, known] of places) {
    if (typeof object !== 'object' || object === null) continue;
    for (const key of Object.keys(object))
      if (!known.includes(key)) report.add(`${prefix}${key} of manifest.yaml is not carried over`);
  }
}
