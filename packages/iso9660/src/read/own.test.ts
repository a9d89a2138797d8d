import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IsoInput } from '../plan/input.ts';
import { planIso } from '../plan/plan-iso.ts';
import { isoBytes } from '../write/iso-bytes.ts';
import type { IsoView } from './entry.ts';
import { openIso } from './open.ts';
import type { IsoImage } from './open.ts';
import { inMemory } from './random-access.ts';

const time = 1_704_067_200;

async function written(inputs: readonly IsoInput[]): Promise<IsoImage> {
  const plan = planIso(inputs, { volumeId: 'own', time });
  return openIso(inMemory(Buffer.concat(await Array.fromAsync(isoBytes(plan)))));
}

const file = (path: string, text: string, mode?: number): IsoInput => {
  const bytes = Buffer.from(text);
  return { path, type: 'file', size: bytes.length, content: { bytes }, ...(mode !== undefined && { mode }) };
};

/** What a view shows, by path. */
async function shown(image: IsoImage, view: IsoView): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const entry of image.list(view)) {
    expect(entry).toMatchObject({ time, ...(view === 'rock-ridge' && { uid: 0, gid: 0 }) });
    const content = async () => Buffer.concat(await Array.fromAsync(image.read(entry))).toString();
    const what = entry.type === 'file' ? await content() : entry.type === 'symlink' ? `-> ${entry.target}` : '/';
    found[entry.path] = view === 'rock-ridge' ? `${entry.mode?.toString(8)} ${what}` : what;
  }
  return found;
}

/** What Rock Ridge has to show. */
function expected(inputs: readonly IsoInput[], textOf: ReadonlyMap<string, string>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const input of inputs) {
    const parts = input.path.split('/');
    for (let end = 1; end < parts.length; end += 1) found[parts.slice(0, end).join('/')] ??= '555 /';
  }
  for (const input of inputs) {
    if (input.type === 'symlink') found[input.path] = `777 -> ${input.target}`;
    else if (input.type === 'directory') found[input.path] = `${(input.mode ?? 0o555).toString(8)} /`;
    else found[input.path] = `${(input.mode ?? 0o444).toString(8)} ${textOf.get(input.path)}`;
  }
  return found;
}

describe("our writer's image", () => {
  it('opens with three views and its facts', async () => {
    const image = await written([file('a', 'text')]);
    expect(image.views).toEqual(['rock-ridge', 'joliet', 'primary']);
    expect(image).toMatchObject({ volumeId: 'own', jolietVolumeId: 'own' });
    expect(image.primary).toMatchObject({ volumeSize: image.size, created: time, modified: time });
    expect(await image.stat('')).toMatchObject({ type: 'directory', mode: 0o555, uid: 0, gid: 0 });
  });

  it('gives through Rock Ridge what went in, whatever the tree', async () => {
    const name = fc.oneof(
      fc.stringMatching(/^[A-Za-z0-9._-]{1,40}$/),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
      fc.integer({ min: 100, max: 255 }).map((length) => 'n'.repeat(length)),
    );
    const sound = name.filter((part) => !/^\.{1,2}$|[/\0]/.test(part) && Buffer.byteLength(part) <= 255);
    const path = fc.array(sound, { minLength: 1, maxLength: 12 }).map((parts) => parts.join('/'));
    const target = fc.array(sound, { minLength: 1, maxLength: 30 }).map((parts) => parts.join('/'));
    const entry = fc.oneof(
      fc.record({ path, text: fc.string({ maxLength: 3000 }), mode: fc.constantFrom(0o444, 0o755) }),
      fc.record({ path, target: target.filter((text) => Buffer.byteLength(text) <= 1023) }),
      fc.record({ path }),
    );
    const property = fc.asyncProperty(fc.array(entry, { maxLength: 40 }), async (entries) => {
      const texts = new Map<string, string>();
      const inputs: IsoInput[] = [];
      for (const one of entries) {
        const clashes = inputs.some(
          ({ path: other }) =>
            other === one.path || other.startsWith(`${one.path}/`) || one.path.startsWith(`${other}/`),
        );
        if (clashes) continue;
        if ('text' in one) texts.set(one.path, one.text);
        if ('text' in one) inputs.push(file(one.path, one.text, one.mode));
        else if ('target' in one) inputs.push({ path: one.path, type: 'symlink', target: one.target });
        else inputs.push({ path: one.path, type: 'directory' });
      }
      const image = await written(inputs);
      expect(await shown(image, 'rock-ridge')).toEqual(expected(inputs, texts));
      for (const view of ['joliet', 'primary'] as const) {
        const contents = Object.values(await shown(image, view)).filter((what) => what !== '/' && what !== '');
        expect(contents.sort()).toEqual([...texts.values()].filter((text) => text !== '').sort());
      }
    });
    await fc.assert(property, { seed: 9660, numRuns: 60 });
  });

  it('gives 3,000 files of one folder, and shares equal content', async () => {
    const inputs = Array.from({ length: 3000 }, (_, index) => file(`folder/file number ${index}`, `${index % 7}`));
    const image = await written(inputs);
    const texts = new Map(inputs.map((input, index) => [input.path, `${index % 7}`]));
    expect(await shown(image, 'rock-ridge')).toEqual(expected(inputs, texts));
  });
});
