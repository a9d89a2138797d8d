import { describe, expect, it } from 'vitest';
import { planIso } from './plan-iso.ts';
import { Attributes } from './system-use.ts';
import { directoryNode } from './tree.ts';

describe('the number of links of a directory', () => {
  it('is counted once, however many directories are in it and ask', () => {
    const parent = directoryNode('d', 'd', 0o555);
    const children = ['a', 'b'].map((name) => directoryNode(name, `d/${name}`, 0o555));
    let counted = 0;
    Object.defineProperty(parent, 'children', { get: () => ((counted += 1), children) });
    const attributes = new Attributes(new Uint8Array(7));
    const [px = new Uint8Array()] = attributes.of(parent);
    expect(Buffer.from(px).readUInt32LE(12)).toBe(4); // RRIP §4.1.1: BP 13, the links
    for (let asked = 0; asked < 3; asked++) expect(attributes.of(parent)[0]).toBe(px);
    expect(counted).toBe(1);
  });

  it('lets 20,000 directories lie in one', () => {
    const inputs = Array.from({ length: 20_000 }, (_, index) => ({ path: `d/${index}`, type: 'directory' as const }));
    expect(planIso(inputs, { volumeId: 'X', time: 0 }).sectors).toBeGreaterThan(2 * 20_000);
  });
});
