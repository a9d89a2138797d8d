import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readOsImageFile } from '../description/read.ts';
import { partsOf } from './parts.ts';

const folder = mkdtempSync(join(tmpdir(), 'ingot-parts-'));
afterAll(() => rmSync(folder, { recursive: true }));

const everything = `ingot: os-image/v1
name: metal
version: 1.0.20240101
dockerfile: { file: Dockerfile, args: { MARKETPLACE: eu, place: here } }
files: [{ from: install.sh, to: /install.sh }]
formats: [metal-stack, onmetal, ironcore, gardenlinux, disk, ironic, container]
push: { onmetal: { repository: registry.example/metal } }
publish: { folder: mirror }
boot: { installYaml: { workplace: desk }, checks: [{ run: 'true' }] }
`;

async function parts(text: string, version = '1.0.20240101') {
  const path = join(folder, 'os-image.yaml');
  writeFileSync(path, text);
  return partsOf(await readOsImageFile(path), version);
}

describe('the parts of os-image.yaml', () => {
  it('have the version wherever a result holds it', async () => {
    const [before, after] = [await parts(everything), await parts(everything, '1.0.20240102')];
    const changed = [...before.keys()].filter((part) => before.get(part) !== after.get(part));
    // A disk has it in its loader entry. The root file system has none, and publishing reads it in a result.
    expect([...before.keys()].filter((part) => !changed.includes(part))).toEqual(['rootfs', 'publish']);
    expect(changed).toContain('disk');
  });

  it('are the same wherever something stands in the file', async () => {
    expect(await parts(`# a comment\n\n${everything}`)).toEqual(await parts(everything));
  });

  it('keep what the author wrote, whatever it is called', async () => {
    const made = await parts(everything);
    expect(made.get('rootfs')).toContain('"MARKETPLACE": "eu"');
    expect(made.get('rootfs')).toContain('"place": "here"');
    expect(made.get('boot')).toContain('"workplace": "desk"');
    expect([...made.values()].join('')).not.toContain(folder);
  });
});
