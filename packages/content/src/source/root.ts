import { ContentError } from '../error.ts';
import { refName } from '../layout-store.ts';
import type { Descriptor } from '../descriptor.ts';

/**
 * The root that `reference` (org.opencontainers.image.ref.name) or `digest` names, or the only one there is. Several
 * names of the same image are one. Throws ContentError INGOT_SOURCE_REFERENCE, saying what there is.
 */
export function pickRoot(
  roots: readonly Descriptor[],
  wanted: { readonly reference?: string; readonly digest?: string },
  where: string,
): Descriptor {
  const { reference, digest } = wanted;
  const fitting = roots.filter(
    (root) =>
      (reference === undefined || root.annotations?.[refName] === reference) &&
      (digest === undefined || root.digest === digest),
  );
  const [first] = fitting;
  if (first !== undefined && fitting.every((root) => root.digest === first.digest)) return first;
  const names = roots.map((root) => root.annotations?.[refName] ?? `@${root.digest}`);
  const asked = reference ?? digest;
  const what =
    asked === undefined
      ? `holds ${roots.length} images, and the source does not say which`
      : `holds ${first === undefined ? 'no' : 'more than one'} image ${JSON.stringify(asked)}`;
  throw new ContentError('INGOT_SOURCE_REFERENCE', `${where} ${what}`, {
    path: where,
    help: names.length > 0 ? `There is: ${names.slice(0, 20).join(', ')}` : 'It is empty: build or copy it again.',
  });
}
