import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatError } from '@ingot/workspace';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCatalogFile } from './description.ts';
import { readIcons } from './icon.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-icon-'));
  const file = join(folder, 'catalog.yaml');
  await writeFile(
    file,
    'ingot: catalog/v1\nname: c\nversion: 1.0.0\npackages: [{ name: hello, icon: icon }]\nbundles: [project:a]\n',
  );
});
afterAll(() => rm(folder, { recursive: true }));

async function icon(content: string | Buffer | undefined) {
  if (content === undefined) await rm(join(folder, 'icon'), { force: true });
  else await writeFile(join(folder, 'icon'), content);
  return (await readIcons(await readCatalogFile(join(folder, 'catalog.yaml')))).get('hello');
}

const refused = async (content: string | Buffer | undefined) =>
  icon(content).then(String, (error: unknown) => formatError(error, { cwd: folder }));

describe('readIcons', () => {
  it.each([
    ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    [
      'image/svg+xml',
      '\uFEFF<?xml version="1.0"?>\n<!-- <b> -->\n<!DOCTYPE svg PUBLIC "a" "b">\n<svg\nwidth="1"></svg>',
    ],
    ['image/png', Buffer.from('\x89PNG\r\n\x1a\n…', 'latin1')],
    ['image/jpeg', Buffer.from('ffd8ffe0', 'hex')],
    ['image/gif', 'GIF89a'],
  ])('knows %s by what stands in it', async (mediatype, content) => {
    expect(await icon(content)).toEqual({ mediatype, base64data: Buffer.from(content).toString('base64') });
  });

  it.each<[string, string | Buffer | undefined]>([
    ['the icon is no image that user interfaces show', '<html><svg/></html>'],
    ['the icon is no image that user interfaces show', ''],
    ['the icon has more than 262144 bytes', Buffer.alloc(262145)],
    ['cannot read the icon: ENOENT', undefined],
  ])('refuses: %s', async (message, content) => {
    expect(await refused(content)).toContain(`catalog.yaml:4:27  INGOT_CATALOG_ICON  ${message}`);
  });
});
