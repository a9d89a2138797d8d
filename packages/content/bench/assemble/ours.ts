/** The measured process: `ours.ts <folder> <layout> <gzip|zstd>` makes an image of the folder, and says its peak memory. */
import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { peakMiB } from '../../../../tools/bench/peak-memory.ts';
import { assembleImage } from '../../src/image/assemble.ts';
import { createLayer } from '../../src/layer/layer.ts';
import { LayoutStore, refName } from '../../src/layout-store.ts';
import type { LayerEntry } from '../../src/layer/entry.ts';
import type { Compression } from '../../src/media-type.ts';

const [folder = '', layout = '', compression = 'gzip'] = process.argv.slice(2);

async function listed(): Promise<LayerEntry[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    files.map(async (path): Promise<LayerEntry> => {
      const { size } = await stat(path);
      const owner = { mode: 0o644, uid: 0, gid: 0 };
      return {
        type: 'file',
        path: `app/${relative(folder, path)}`,
        ...owner,
        size,
        content: { path, offset: 0, size },
      };
    }),
  );
}

const store = new LayoutStore(layout);
const layer = await createLayer(await listed(), { compression: compression as Compression, mtime: 0 }, store);
const platform = { os: 'linux', architecture: 'amd64' };
const image = await assembleImage({ layers: [layer], platform, created: 0 }, store);
await store.setRoots([{ ...image.descriptor, annotations: { [refName]: 'bench' } }]);
const rssMiB = Math.round(peakMiB());
process.stdout.write(`${JSON.stringify({ rssMiB, blob: layer.descriptor.size })}\n`);
