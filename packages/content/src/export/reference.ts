import { ContentError } from '../error.ts';

/** OCI image-spec annotations.md, the grammar of org.opencontainers.image.ref.name. */
const refName = /^[A-Za-z0-9]+(?:(?:[-._:@+]|--)[A-Za-z0-9]+|\/[A-Za-z0-9]+)*$/;
/** distribution reference: [host[:port]/]name[/name…]:tag. */
const tagged =
  /^(?:[A-Za-z0-9.-]+(?::[0-9]+)?\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*:[\w][\w.-]{0,127}$/;

/** Throws ContentError INGOT_REFERENCE unless `reference` can name an image in an OCI layout. */
export function checkRefName(reference: string): void {
  if (!refName.test(reference)) throw bad(reference, 'Write a tag, or NAME:TAG, of letters, digits and - . _ : @ + /');
}

/** Throws ContentError INGOT_REFERENCE unless `reference` is NAME:TAG, as Docker takes it. */
export function checkTagged(reference: string): void {
  if (!tagged.test(reference)) throw bad(reference, 'Write NAME:TAG with a name in small letters, e.g. team/tool:2.0');
}

function bad(reference: string, help: string): ContentError {
  return new ContentError('INGOT_REFERENCE', `${JSON.stringify(reference)} cannot name an image there`, { help });
}
