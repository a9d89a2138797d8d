import { checkManifestSize, digestOf, encodeJson, oci, once, type Descriptor, type Store } from '@ingot/content';

/** Writes an OCI index of these manifests, in this order. Throws ContentError INGOT_ARTIFACT_SIZE. */
export async function pushIndex(
  manifests: readonly Descriptor[],
  annotations: Readonly<Record<string, string>>,
  store: Store,
): Promise<Descriptor> {
  const bytes = encodeJson({
    schemaVersion: 2,
    mediaType: oci.index,
    manifests,
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  });
  checkManifestSize(bytes.length);
  const descriptor = { mediaType: oci.index, digest: digestOf(bytes), size: bytes.length };
  await store.push(descriptor, once(bytes));
  return descriptor;
}
