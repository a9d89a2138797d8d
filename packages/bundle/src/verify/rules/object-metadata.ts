import { isMap } from '../../kubernetes/identity.ts';
import type { ManifestObject } from '../../kubernetes/manifest.ts';
import { isLabelValue, isQualifiedName } from '../../kubernetes/names.ts';
import type { Fault } from '../rule.ts';

/** In bytes, of all keys and values: apimachinery pkg/api/validation/objectmeta.go, TotalAnnotationSizeLimitB. */
const mostAnnotations = 256 * 1024;

/** What is wrong with an object's labels and annotations. */
export function* metadataFaults(object: ManifestObject): Generator<Fault, void, undefined> {
  const metadata = object.value['metadata'];
  if (!isMap(metadata)) return;
  for (const field of ['labels', 'annotations'] as const) {
    const values = metadata[field];
    if (values === undefined || values === null) continue;
    if (!isMap(values)) yield { message: `metadata.${field} is no map`, path: object.place('metadata', field) };
    else yield* valueFaults(object, field, values);
  }
}

function* valueFaults(
  object: ManifestObject,
  field: 'labels' | 'annotations',
  values: Readonly<Record<string, unknown>>,
): Generator<Fault, void, undefined> {
  let bytes = 0;
  for (const [key, value] of Object.entries(values)) {
    const path = object.place('metadata', field, key);
    bytes += Buffer.byteLength(key) + (typeof value === 'string' ? Buffer.byteLength(value) : 0);
    // Of annotations' keys the case does not count.
    if (!isQualifiedName(field === 'annotations' ? key.toLowerCase() : key)) {
      yield { message: `${JSON.stringify(key)} is no key for ${field}`, path };
    } else if (value !== null && typeof value !== 'string') yield { message: `${key} is no text`, path };
    else if (field === 'labels' && !isLabelValue(value ?? '')) {
      yield { message: `${JSON.stringify(value)} is no value for a label`, path };
    }
  }
  if (field === 'annotations' && bytes > mostAnnotations) {
    const message = `the annotations have ${bytes} bytes, more than ${mostAnnotations}`;
    yield { message, path: object.place('metadata', field) };
  }
}
