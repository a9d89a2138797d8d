import { describe, expect, it } from 'vitest';

import type { Archive } from '../archive.ts';
import { namedRules } from './named.ts';

const count = 1000;
const names = Array.from({ length: count }, (_, at) => `i${at}`);

/** An archive that counts how often its images, and the names in its manifest, are looked at. */
function counted() {
  const looks = { images: 0, names: 0 };
  const listed = new Proxy(
    names.map((name) => `${name}:1`),
    {
      get(target, key, receiver): unknown {
        if (typeof key === 'string' && /^\d+$/.test(key)) looks.names++;
        return Reflect.get(target, key, receiver);
      },
    },
  );
  const images = names.map((name) => ({
    tag: '1',
    get name() {
      looks.images++;
      return name;
    },
  }));
  const archive = { images, manifest: { value: { spec: { images: listed } } } } as unknown as Archive;
  return { archive, looks };
}

describe('the rules of spec.images', () => {
  it.each(['manifest-images', 'manifest-images-complete'])('%s looks at each name and image once', async (id) => {
    const { archive, looks } = counted();
    const faults = await namedRules.find((rule) => rule.id === id)!.check(archive);
    expect(await Array.fromAsync(faults ?? [])).toEqual([]);
    expect(looks).toEqual({ images: count, names: count });
  });
});
