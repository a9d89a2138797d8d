import type { Descriptor } from '@ingot/content';

/** Order of the members in Go's structure, which onmetal-image writes (image-spec specs-go/v1/descriptor.go). */
const order = ['mediaType', 'digest', 'size', 'urls', 'annotations', 'data', 'platform', 'artifactType'];

/** index.json as onmetal-image writes it (oci/indexer): compact, no line end, no media type of its own. */
export function indexText(manifests: readonly Descriptor[]): string {
  const text = JSON.stringify({ schemaVersion: 2, manifests: manifests.map(ordered) });
  // As Go's encoding/json does.
  return text.replaceAll(/[<>&\u2028\u2029]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function ordered(descriptor: Descriptor): Readonly<Record<string, unknown>> {
  const place = (key: string) => (order.includes(key) ? order.indexOf(key) : order.length);
  const members = Object.entries(descriptor).filter(([, value]) => value != null);
  return Object.fromEntries(
    members
      .toSorted(([a], [b]) => place(a) - place(b))
      .map(([key, value]) => [key, key === 'annotations' ? sorted(value as Readonly<Record<string, string>>) : value]),
  );
}

function sorted(annotations: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(annotations).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
