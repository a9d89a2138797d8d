/** A name (the last part of a repository) and a tag, each where the reference tells it. */
export interface ImageName {
  readonly name?: string;
  readonly tag?: string;
}

/** Of `registry.example.org:5000/team/tool:2.0@sha256:…` the name is `tool` and the tag `2.0`. */
export function nameOfReference(reference: string): ImageName {
  const plain = reference.split('@')[0] ?? '';
  const last = plain.slice(plain.lastIndexOf('/') + 1);
  const colon = last.indexOf(':');
  const [name, tag] = colon < 0 ? [last, ''] : [last.slice(0, colon), last.slice(colon + 1)];
  return { ...(name && { name }), ...(tag && { tag }) };
}

/** The same of org.opencontainers.image.ref.name, which by itself is a tag (OCI annotations.md). */
export function nameOfRefName(refName: string): ImageName {
  return /[:/]/.test(refName) ? nameOfReference(refName) : { tag: refName };
}
