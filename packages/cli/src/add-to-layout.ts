import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { copy, exportLayout, LayoutStore, refName } from '@ingot/content';
import type { Descriptor, ExportOptions, Fetcher } from '@ingot/content';

/**
 * Writes an image into an OCI layout: a new one appears when it is whole; to one that is there it is added, and takes
 * the place of what had its name, last of all. Throws what exportLayout and copy throw, and INGOT_LAYOUT.
 */
export async function addToLayout(
  root: Descriptor,
  fetcher: Fetcher,
  folder: string,
  options: ExportOptions,
): Promise<void> {
  if (!existsSync(join(folder, 'oci-layout'))) return exportLayout(root, fetcher, folder, options);
  const layout = new LayoutStore(folder);
  // A layout that cannot be read is found before anything is written to it.
  await layout.roots();
  await copy(root, fetcher, layout, options);
  const { reference } = options;
  const others = (await layout.roots()).filter((one) =>
    reference === undefined ? one.digest !== root.digest || nameOf(one) !== undefined : nameOf(one) !== reference,
  );
  const named = reference === undefined ? root : { ...root, annotations: { [refName]: reference } };
  await layout.setRoots([...others, named]);
}

function nameOf({ annotations }: Descriptor): string | undefined {
  return annotations?.[refName];
}
