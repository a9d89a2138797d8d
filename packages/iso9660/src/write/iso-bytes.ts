import type { IsoPlan } from '../plan/plan.ts';
import { DigestCheck } from './digest-check.ts';
import { ContentHasher } from './hash-lane.ts';
import type { ContentPart } from './image-reader.ts';
import { ImageReader } from './image-reader.ts';

const chunkSize = 1024 * 1024;

/**
 * The whole image in order, in chunks of 1 MiB that the caller may keep. Throws INGOT_ISO_CONTENT_SIZE,
 * INGOT_ISO_CONTENT_UNREADABLE and INGOT_ISO_CONTENT_DIGEST.
 */
export async function* isoBytes(plan: IsoPlan): AsyncIterable<Uint8Array> {
  const reader = new ImageReader(plan);
  const check = new DigestCheck();
  const hasher = new ContentHasher((hex) => check.arrive(hex));
  try {
    for (let left = plan.size; left > 0;) {
      const chunk = new Uint8Array(Math.min(chunkSize, left));
      const parts: ContentPart[] = [];
      left -= await reader.read(chunk, (part) => parts.push(part));
      hasher.update(chunk, check.partsToHash(parts));
      check.check();
      yield chunk;
    }
  } finally {
    await reader.close();
  }
}
