import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { workspaceDataFolder } from './cache.ts';
import { projectFacts } from './facts.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ingot-facts-'));
});
afterEach(() => rm(root, { recursive: true }));

function facts(files: string[], version = '1') {
  const parsed: unknown[] = [];
  const read = (value: unknown) => {
    parsed.push(value);
    return { name: (value as { name?: string } | undefined)?.name ?? 'broken' };
  };
  const found = projectFacts(files, root, { kind: 'image', plugin: '@ingot/oci', version, read });
  return found.then((all) => ({ all, parsed: parsed.length }));
}

describe('projectFacts', () => {
  it('reads the files that are ours, and leaves the others alone', async () => {
    await writeFile(join(root, 'a.yaml'), 'ingot: image/v1\nname: a\n');
    await writeFile(join(root, 'b.yaml'), 'name: b\n');
    await writeFile(join(root, 'c.yaml'), 'ingot: solution/v1\nname: c\n');
    await writeFile(join(root, 'd.yaml'), 'ingot: image/v9\nname: d\n');
    await writeFile(join(root, 'e.yaml'), 'ingot: iamge/v1\nname: e\n');
    await writeFile(join(root, 'f.yaml'), 'ingot: image/v1\nname: f\nlayers: [\n');
    await writeFile(join(root, 'g.yaml'), 'ingot: egami/v1\nname: g\n');
    await writeFile(join(root, 'h.yaml'), 'ingot: imageset/v1\nname: h\n');
    const { all } = await facts([
      'a.yaml',
      'b.yaml',
      'c.yaml',
      'd.yaml',
      'e.yaml',
      'f.yaml',
      'g.yaml',
      'h.yaml',
      'gone.yaml',
    ]);
    expect(all).toEqual([
      { file: 'a.yaml', root: '.', facts: { name: 'a' } },
      { file: 'd.yaml', root: '.', facts: { name: 'd' } },
      { file: 'e.yaml', root: '.', facts: { name: 'e' } },
      { file: 'f.yaml', root: '.', facts: { name: 'f' } },
      { file: 'h.yaml', root: '.', facts: { name: 'h' } },
    ]);
  });
  it('parses again only what changed, and all of it for another version of the plugin', async () => {
    await writeFile(join(root, 'a.yaml'), 'ingot: image/v1\nname: a\n');
    await writeFile(join(root, 'b.yaml'), 'ingot: image/v1\nname: b\n');
    expect((await facts(['a.yaml', 'b.yaml'])).parsed).toBe(2);
    expect((await facts(['a.yaml', 'b.yaml'])).parsed).toBe(0);
    await writeFile(join(root, 'b.yaml'), 'ingot: image/v1\nname: bb\n');
    const changed = await facts(['a.yaml', 'b.yaml']);
    expect(changed.parsed).toBe(1);
    expect(changed.all.map(({ facts }) => facts.name)).toEqual(['a', 'bb']);
    expect((await facts(['a.yaml', 'b.yaml'], '2')).parsed).toBe(2);
  });
  it('parses all of it again for another release of Ingot', async () => {
    await writeFile(join(root, 'a.yaml'), 'ingot: image/v1\nname: a\n');
    await facts(['a.yaml']);
    const folder = workspaceDataFolder(root);
    const file = join(folder, (await readdir(folder))[0]!);
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    await writeFile(file, (await readFile(file, 'utf8')).replace(version, '0.0.1'));
    expect((await facts(['a.yaml'])).parsed).toBe(1);
  });
  it('takes a broken cache for an empty one', async () => {
    await writeFile(join(root, 'a.yaml'), 'ingot: image/v1\nname: a\n');
    await facts(['a.yaml']);
    const folder = workspaceDataFolder(root);
    const [cache] = await readdir(folder);
    await writeFile(join(folder, cache!), '{"version":"1","entries":');
    expect(await facts(['a.yaml'])).toMatchObject({ parsed: 1, all: [{ facts: { name: 'a' } }] });
  });
});
