import { openIso } from '@ingot/iso9660';
import { verifySolution } from '@ingot/solution';
import { printable, progress } from '@ingot/workspace';
import type { Finding } from '@ingot/workspace';
import type { Terminal } from '../verb.ts';

/**
 * The rules of MetalK8s, applied to an ISO. Throws what openIso and verifySolution throw.
 * @param file absolute
 * @param name as it was written
 */
export async function* verifyIso(
  file: string,
  name: string,
  deep: boolean,
  { stderr }: Terminal,
): AsyncGenerator<Finding, void, undefined> {
  const image = await openIso(file);
  const bar = progress({ label: `verifying ${printable(name)}`, total: image.size, stream: stderr });
  try {
    yield* verifySolution(image, { file, deep, onBytes: (bytes) => bar.add(bytes) });
  } finally {
    bar.finish();
    await image.close();
  }
}
