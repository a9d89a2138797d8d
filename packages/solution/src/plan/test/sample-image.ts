import type { Compression, Descriptor, Ingester, Platform, Store } from '@ingot/content';
import { assembleImage, createLayer } from '@ingot/content';

/** Puts an image with one layer into `store`. */
export async function sampleImage(
  store: Store & Ingester,
  compression: Compression = 'gzip',
  platform: Platform = { os: 'linux', architecture: 'amd64' },
): Promise<Descriptor> {
  const content = Buffer.from('some file of a layer\n'.repeat(100));
  const file = { type: 'file', path: 'a', mode: 0o644, uid: 0, gid: 0, size: content.length, content } as const;
  const layer = await createLayer([file], { compression, mtime: 0 }, store);
  return (await assembleImage({ layers: [layer], platform, created: 0 }, store)).descriptor;
}
