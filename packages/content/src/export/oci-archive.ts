import { dirname, resolve } from 'node:path';
import { Graph } from './graph.ts';
import { withReference } from './layout.ts';
import { TarFile } from './tar-file.ts';
import { hexOf } from '../digest.ts';
import { encodeJson } from '../manifest.ts';
import { oci } from '../media-type.ts';
import { verified } from '../read.ts';
import { writeWhole } from '../temporary.ts';
import type { ExportOptions } from './layout.ts';
import type { Descriptor } from '../descriptor.ts';
import type { Fetcher } from '../store.ts';

/**
 * Writes a complete OCI image layout as a tar: the same image gives the same bytes. Throws ContentError INGOT_REFERENCE,
 * INGOT_DISK_FULL, INGOT_UNWRITABLE, and what `copy` throws; then a file that was there is as it was.
 */
export async function exportOciArchive(
  root: Descriptor,
  fetcher: Fetcher,
  file: string,
  options: ExportOptions = {},
): Promise<void> {
  const target = resolve(file);
  const index = { schemaVersion: 2, mediaType: oci.index, manifests: [withReference(root, options.reference)] };
  const blobs = await Graph.read(root, fetcher);
  await writeWhole(dirname(target), async (handle) => {
    const tar = new TarFile(handle);
    await tar.folder('blobs');
    await tar.folder('blobs/sha256');
    for (const blob of blobs.sorted()) {
      await tar.content(`blobs/sha256/${hexOf(blob.digest)}`, () => verified(blob, fetcher.fetch(blob)));
      options.onBytes?.(blob.size);
    }
    await tar.bytes('index.json', encodeJson(index));
    await tar.bytes('oci-layout', encodeJson({ imageLayoutVersion: '1.0.0' }));
    await tar.end();
    return target;
  });
}
