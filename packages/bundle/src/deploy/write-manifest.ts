import { dirname } from 'node:path';
import { writeWhole } from '@ingot/content';
import { ProjectError } from '@ingot/workspace';

/** Writes a manifest whole or not at all. Throws ProjectError INGOT_BUNDLE_OUTPUT. */
export async function writeManifest(path: string, text: string): Promise<void> {
  try {
    await writeWhole(dirname(path), async (file) => {
      await file.writeFile(text);
      return path;
    });
  } catch (cause) {
    throw new ProjectError('INGOT_BUNDLE_OUTPUT', `cannot write the manifest: ${(cause as Error).message}`, {
      path,
      cause,
      help: 'make room for it, or remove what stands there',
    });
  }
}
