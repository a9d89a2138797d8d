import { once } from '../bytes.ts';
import { digestOf } from '../digest.ts';
import { encodeJson } from '../manifest.ts';
import type { Descriptor } from '../descriptor.ts';
import type { Store } from '../store.ts';

/** Writes `value` in its canonical form and answers with its descriptor. Throws what `store` throws. */
export async function pushJson(mediaType: string, value: unknown, store: Store): Promise<Descriptor> {
  const bytes = encodeJson(value);
  const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length };
  await store.push(descriptor, once(bytes));
  return descriptor;
}

/** The member `annotations`, which is left out where there are none. */
export function annotated(annotations: Readonly<Record<string, string>> = {}): {
  annotations?: Readonly<Record<string, string>>;
} {
  return Object.keys(annotations).length === 0 ? {} : { annotations };
}
