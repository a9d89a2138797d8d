import { IsoError, inMemory, openIso } from '@ingot/iso9660';
import { describe, expect, it } from 'vitest';
import { isoOf, put, sampleSolution } from './test/sample-solution.ts';
import { findings } from './test/verdict.ts';

/** A small generator of numbers with a fixed seed (Numerical Recipes' constants). */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed >>> 0; ; state = (Math.imul(state, 1664525) + 1013904223) >>> 0) yield state;
}

describe('verifySolution', () => {
  it('comes to a verdict or an IsoError on any damaged ISO', async () => {
    const sound = await isoOf(sampleSolution());
    const random = numbers(20261121);
    const next = (below: number) => Math.floor((random.next().value / 2 ** 32) * below);
    let read = 0;
    for (let round = 0; round < 400; round++) {
      const bytes = Buffer.from(sound);
      // Descriptors, directories and texts; the system area before them means nothing.
      for (let change = next(6); change >= 0; change--) bytes[16 * 2048 + next(bytes.length - 16 * 2048)] = next(256);
      try {
        const found = await findings(await openIso(inMemory(bytes)), { deep: round % 4 === 0 });
        expect(found.length).toBeGreaterThan(10);
        read++;
      } catch (error) {
        expect(error).toBeInstanceOf(IsoError);
      }
    }
    expect(read).toBeGreaterThan(100);
  });

  it('unpacks no layer without end', async () => {
    const found = await findings(await openIso(inMemory(await isoOf(sampleSolution()))), {
      deep: true,
      unpackLimit: 5,
    });
    const wrong = found.filter(({ level }) => level !== 'ok');
    expect(wrong.map(({ rule }) => rule)).toEqual(['image-diff-ids', 'image-diff-ids']);
    for (const { message } of wrong) expect(message).toContain('more than 5 bytes');
  });

  it.each([
    [
      'manifest.yaml',
      `a: &a [${'x,'.repeat(9)}]\n${[...'bcdefghij'].map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghij'[at]}`).join(',')}]`).join('\n')}`,
    ],
    ['manifest.yaml', '['.repeat(100_000)],
    ['manifest.yaml', Buffer.alloc(5 * 1024 * 1024, '#')],
    ['manifest.yaml', '__proto__: { name: x }\nmetadata: { __proto__: { name: sample } }\n'],
    ['registry-config.inc.j2', '{{ '.repeat(100_000)],
    ['registry-config.inc.j2', 'a { '.repeat(100_000)],
    ['operator/deploy/crds/x_crd.yaml', '{% raw %}'.repeat(100_000)],
    ['images/server/2.1/manifest.json', '['.repeat(1_000_000)],
    ['images/server/2.1/manifest.json', Buffer.alloc(5 * 1024 * 1024, ' ')],
    [
      'images/server/2.1/manifest.json',
      '{"mediaType":"application/vnd.docker.distribution.manifest.v2+json","schemaVersion":2,"config":{"mediaType":"x","size":1,"digest":"sha256:../../../manifest.yaml"},"layers":[]}',
    ],
  ])('finds fault with a hostile %s', async (path, content) => {
    const sample = sampleSolution();
    put(sample, path, content);
    const found = await findings(await openIso(inMemory(await isoOf(sample))));
    expect(found.some(({ level }) => level === 'error')).toBe(true);
  });
});
