import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How many files of how many bytes: 1.0 GB in all, most of it in few files, most files small. */
const sizes = [
  [2, 200_000_000],
  [6, 50_000_000],
  [40, 4_000_000],
  [400, 250_000],
  [1000, 16_000],
  [1000, 2_000],
] as const;

/** Writes the tree into `folder`, its digests into `<folder>.json`; returns the paths of the files. */
export function writeTree(folder: string): string[] {
  const paths: string[] = [];
  const digests: Record<string, string> = {};
  const bytes = new Uint32Array(50_000_000);
  let state = 1;
  for (let i = 0; i < bytes.length; i++) bytes[i] = state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  for (const [count, size] of sizes) {
    for (let i = 0; i < count; i++) {
      const name = `d${paths.length % 20}/file-${paths.length}.bin`;
      // Each from another place, so that no two are equal.
      const content = new Uint8Array(bytes.buffer, 4 * (paths.length % 1000) * (size < 1_000_000 ? 997 : 0), size);
      mkdirSync(join(folder, `d${paths.length % 20}`), { recursive: true });
      writeFileSync(join(folder, name), content);
      digests[name] = `sha256:${createHash('sha256').update(content).digest('hex')}`;
      paths.push(join(folder, name));
    }
  }
  writeFileSync(`${folder}.json`, JSON.stringify(digests));
  return paths;
}
