import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { versionOf, type Attempt, type WrittenPush } from '@ingot/oci';
import { parseProjectFile, ProjectError, throwErrors } from '@ingot/workspace';
import type { Path, Place, ProjectFile, Schema } from '@ingot/workspace';
import { describeBundles, type BundleSource, type WrittenBundle } from './bundle-sources.ts';
import { describeCatalogDeploy, type CatalogDeploy, type WrittenDeploy } from './deploy-description.ts';
import { describePackages, type PackageDescription, type WrittenPackage } from './package-description.ts';

/** A catalog.yaml, checked and with every value as its author wrote it. */
export interface CatalogDescription {
  readonly file: string;
  readonly name: string;
  readonly version: string;
  readonly packages: readonly PackageDescription[];
  readonly bundles: readonly BundleSource[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly repositories: readonly string[];
  readonly deploy: CatalogDeploy;
  readonly place: (path: Path) => Place;
}

/** What the schema lets through. */
export interface WrittenCatalog extends WrittenPush {
  readonly packages: readonly WrittenPackage[];
  readonly bundles: readonly WrittenBundle[];
  readonly labels?: object;
  readonly annotations?: object;
  readonly deploy?: WrittenDeploy;
}

let schema: Schema | undefined;

/** The JSON Schema of catalog.yaml: the same object each time, since what is compiled of it is kept by it. */
export function catalogSchema(): Schema {
  schema ??= JSON.parse(readFileSync(new URL('../../schema/catalog.schema.json', import.meta.url), 'utf8')) as Schema;
  return schema;
}

/**
 * The project file itself, for what concerns its push too (`describePush`). Throws ProjectErrors with their places: what
 * parseProjectFile throws, and INGOT_CATALOG_FILE where there is none or it is another tool's.
 * @param path absolute
 */
export async function openCatalogFile(path: string): Promise<ProjectFile<WrittenCatalog>> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ProjectError('INGOT_CATALOG_FILE', `cannot read ${path}: ${(cause as Error).message}`, { path, cause });
  });
  const file = parseProjectFile<WrittenCatalog>({ text, file: path, kind: 'catalog/v1', schema: catalogSchema() });
  if (file) return file;
  throw new ProjectError(
    'INGOT_CATALOG_FILE',
    'this is no catalog of Ingot: its first key is not `ingot: catalog/v1`',
    {
      place: { file: path, line: 1, column: 1 },
      help: 'begin the file with `ingot: catalog/v1`',
    },
  );
}

/**
 * Reads a catalog.yaml. Throws, all at once, what openCatalogFile throws, INGOT_CATALOG_KEY for keys that do not go
 * together, INGOT_CATALOG_DEPLOY, INGOT_SOURCE_SYNTAX, and what `versionOf` of @ingot/oci throws.
 */
export async function readCatalogFile(path: string): Promise<CatalogDescription> {
  const file = await openCatalogFile(path);
  const errors: ProjectError[] = [];
  const attempt: Attempt = (at, otherwise, read) => {
    try {
      return read();
    } catch (error) {
      const { code, message, help } = error as ProjectError;
      errors.push(new ProjectError(code, message, { place: file.place(at), ...(help ? { help } : {}) }));
      return otherwise;
    }
  };
  const { value } = file;
  const map = (key: 'labels' | 'annotations'): Record<string, string> =>
    Object.fromEntries(Object.keys(value[key] ?? {}).map((name) => [name, file.text([key, name])!]));
  const name = file.text(['name'])!;
  const described: CatalogDescription = {
    file: path,
    name,
    version: attempt(['version'], '', () => versionOf(file.text(['version'])!, path)),
    bundles: describeBundles(value.bundles, attempt),
    packages: describePackages(value, attempt),
    labels: map('labels'),
    annotations: map('annotations'),
    repositories: [value.repository ?? []].flat(),
    deploy: describeCatalogDeploy(file, name, attempt),
    place: (at) => file.place(at),
  };
  throwErrors(errors);
  return described;
}
