import { mkdir, chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from '@ingot/content';
import { bootImages } from '../boot-image.ts';
import type { FormatFile, FormatInput, FormatRoot, MadeFormat } from '../format.ts';
import { referencesOf } from '../references.ts';
import { copyOutput, writeOutput } from '../write.ts';
import { isSource, onmetalStore, type OnmetalStore } from './store.ts';

/**
 * onmetal-image's local store: what `onmetal-image --store-path dist/onmetal` works on. Its tags are full references,
 * so there are some only where `push` says where it goes; with several architectures they end in `-<arch>`. Throws what
 * `bootImages` and `writeOutput` throw.
 */
export async function makeOnmetal(input: FormatInput): Promise<MadeFormat> {
  const { description, version } = input;
  const images = bootImages(input);
  const suffixOf = (architecture: string) => (images.length > 1 ? `-${architecture}` : '');
  const store = onmetalStore(
    images.map((image) => ({
      image,
      references: referencesOf(description, 'onmetal', version, suffixOf(image.architecture)),
    })),
  );
  const files = await writeStore(store, input);
  const roots = store.manifests.map(({ mediaType, digest, size }, i): FormatRoot => ({
    layout: '.',
    mediaType,
    digest,
    size,
    suffix: suffixOf(images[i]!.architecture),
  }));
  const facts = { images: images.map(({ architecture, commandLine }) => ({ architecture, commandLine })) };
  return { files, roots, facts };
}

async function writeStore(store: OnmetalStore, input: FormatInput): Promise<FormatFile[]> {
  const total = store.files.reduce((sum, { content }) => sum + (isSource(content) ? content.size : 0), 0);
  const onBytes = input.stage('writing the store', total);
  const ingest = join(input.folder, 'ingest');
  await mkdir(ingest);
  await chmod(ingest, 0o755);
  const files: FormatFile[] = [];
  for (const { path, mode, content } of store.files) {
    input.signal.throwIfAborted();
    const written = isSource(content)
      ? await copyOutput(content, input.folder, path, { mode, sparse: true, onBytes })
      : await writeOutput(input.folder, path, once(content), { mode });
    files.push({ path, size: written.size, digest: written.digest, role: 'layout' });
  }
  return files;
}
