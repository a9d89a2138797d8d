import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ProjectError, withPlace } from '@ingot/workspace';
import type { CatalogIcon } from './blobs.ts';
import type { CatalogDescription } from './description.ts';

/** In bytes. A catalog is read whole by each who asks for a package of it. */
const largest = 256 * 1024;

/** By package. Throws INGOT_CATALOG_ICON at its place in catalog.yaml. */
export async function readIcons(description: CatalogDescription): Promise<ReadonlyMap<string, CatalogIcon>> {
  const icons = new Map<string, CatalogIcon>();
  for (const [i, { name, icon }] of description.packages.entries()) {
    if (icon === undefined) continue;
    const place = description.place(['packages', i, 'icon']);
    icons.set(name, await withPlace(place, () => readIcon(join(dirname(description.file), icon))));
  }
  return icons;
}

async function readIcon(path: string): Promise<CatalogIcon> {
  const data = await readSmall(path);
  const mediatype = imageTypeOf(data);
  if (mediatype !== undefined) return { base64data: data.toString('base64'), mediatype };
  throw iconError('the icon is no image that user interfaces show', 'take an SVG, PNG, JPEG or GIF file');
}

async function readSmall(path: string): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size <= largest) return await readFile(path);
  } catch (cause) {
    throw iconError(
      `cannot read the icon: ${(cause as Error).message}`,
      'paths are relative to the folder of catalog.yaml',
    );
  }
  throw iconError(`the icon has more than ${largest} bytes`, 'take a smaller one');
}

/** By what stands in it, as OLM's tools tell them apart (validateData in alpha/model/model.go of operator-registry). */
export function imageTypeOf(data: Buffer): string | undefined {
  if (data.subarray(0, 8).equals(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'))) return 'image/png';
  if (data.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))) return 'image/jpeg';
  if (/^GIF8[79]a/.test(data.subarray(0, 6).toString('latin1'))) return 'image/gif';
  const text = data
    .toString('utf8')
    .replace(/^\uFEFF?\s*(<\?xml[^>]*>|<!DOCTYPE[^>[]*(\[[^\]]*\])?>|<!--[\s\S]*?-->|\s)*/, '');
  return /^<svg[\s>]/.test(text) ? 'image/svg+xml' : undefined;
}

function iconError(message: string, help: string): ProjectError {
  return new ProjectError('INGOT_CATALOG_ICON', message, { help });
}
