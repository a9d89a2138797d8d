import { ProjectError, type Place } from '@ingot/workspace';
import { parseManifest, type ManifestObject, type ManifestProblem } from '../kubernetes/manifest.ts';
import { newExpansion } from '../kubernetes/value.ts';
import { largestFile, type BundleTree, type TreeFile } from '../tree/tree.ts';
import type {
  Catalog,
  CatalogBlob,
  CatalogBundle,
  CatalogChannel,
  CatalogDeprecations,
  CatalogPackage,
  Placed,
} from './blobs.ts';
import type { CatalogFault } from './catalog-rule.ts';
import { typedValue, type Field, type Shape } from './typed-value.ts';

const text: Field = { shape: 'text' };
const name: Field = { shape: 'text', always: true };
const list = (fields: Readonly<Record<string, Field>>): Field => ({ shape: { list: { fields } }, always: true });
const properties = list({ type: name, value: { shape: 'any' } });

/** alpha/declcfg/declcfg.go of operator-registry. */
const shapes: Readonly<Record<string, Readonly<Record<string, Field>>>> = {
  'olm.package': { schema: name, name, defaultChannel: name, description: text },
  'olm.channel': {
    ...{ schema: name, name, package: name },
    entries: list({ name, replaces: text, skips: { shape: { list: 'text' } }, skipRange: text }),
  },
  'olm.bundle': {
    ...{ schema: name, name, package: name, image: name },
    properties,
    relatedImages: list({ name, image: name }),
  },
  'olm.deprecations': {
    ...{ schema: name, package: name },
    entries: list({ reference: { shape: { fields: { schema: name, name: text } }, always: true }, message: name }),
  },
};

/** A catalog out of an image, and what of it OLM could not read. Blobs of other schemas are passed over. */
export interface ReadCatalog {
  readonly catalog: Catalog;
  readonly faults: readonly CatalogFault[];
}

/**
 * Reads all files below a folder as catalogd does: YAML documents or JSON objects, whatever they are called (WalkMetasFS
 * in alpha/declcfg/load.go of operator-registry). `.indexignore`, by which files can be left out, is not followed.
 */
export function readCatalog(tree: BundleTree, folder: string): ReadCatalog {
  const prefix = folder === '' ? '' : `${folder}/`;
  const files = [...tree.entries.values()].filter(
    (entry): entry is TreeFile =>
      entry.type === 'file' && entry.path.startsWith(prefix) && !/(^|\/)\.indexignore$/.test(entry.path),
  );
  const limits = { expansion: newExpansion(), document: largestFile };
  const faults: CatalogFault[] = [];
  const blobs: Placed<CatalogBlob>[] = [];
  for (const { path, content, size } of files) {
    if (content === undefined) {
      faults.push({ message: `${size} bytes are too many to be judged`, place: placeOf(path), level: 'warning' });
      continue;
    }
    const { objects, problems } = parseManifest(path, content, limits);
    faults.push(...problems.map(faultOf));
    for (const object of objects) blobs.push(...readBlob(object, faults));
  }
  const of = <Blob extends CatalogBlob>(schema: Blob['schema']) =>
    blobs.filter((placed): placed is Placed<Blob> => placed.blob.schema === schema);
  return {
    catalog: {
      packages: of<CatalogPackage>('olm.package'),
      channels: of<CatalogChannel>('olm.channel'),
      bundles: of<CatalogBundle>('olm.bundle'),
      deprecations: of<CatalogDeprecations>('olm.deprecations'),
    },
    faults,
  };
}

/** Of a key that is there twice OLM takes the last, and reads on. */
function faultOf({ kind, message, path }: ManifestProblem): CatalogFault {
  return { message, place: placeOf(path), level: kind === 'duplicate' ? 'warning' : 'error' };
}

function readBlob(object: ManifestObject, faults: CatalogFault[]): Placed<CatalogBlob>[] {
  const { schema } = object.value;
  if (typeof schema !== 'string' || schema === '') {
    faults.push({ message: 'the object does not say its schema', place: placeOf(object.place('schema')) });
    return [];
  }
  const fields = Object.hasOwn(shapes, schema) ? shapes[schema] : undefined;
  if (fields === undefined) return [];
  const shape: Shape = { fields };
  try {
    const blob = typedValue(object.value, shape, { keys: [], place: (keys) => object.place(...keys) });
    return [{ blob: withLists(blob as CatalogBlob), place: (...keys) => placeOf(object.place(...keys)) }];
  } catch (error) {
    if (!(error instanceof ProjectError)) throw error;
    faults.push({ message: error.message, place: placeOf(error.path ?? object.file) });
    return [];
  }
}

/** Go has an empty list where nothing is written. */
function withLists(blob: CatalogBlob): CatalogBlob {
  if (blob.schema === 'olm.package') return blob;
  if (blob.schema !== 'olm.bundle') return { ...blob, entries: blob.entries ?? [] } as CatalogBlob;
  return { ...blob, properties: blob.properties ?? [], relatedImages: blob.relatedImages ?? [] };
}

/** `path:line:column`. */
function placeOf(text: string): Place {
  const [, file = text, line = '1', column = '1'] = /^(.*):(\d+):(\d+)$/s.exec(text) ?? [];
  return { file, line: Number(line), column: Number(column) };
}
