import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { replaceFolder, stagingFolder } from './replace-folder.ts';
import { temporaryName } from './temporary.ts';
import { testFolder } from './test/folder.ts';

const at = testFolder();

function make(folder: string, text: string): string {
  mkdirSync(folder);
  writeFileSync(`${folder}/file`, text);
  return folder;
}

/** The name that a process gives an image while it replaces it, and dies. */
async function movedAsideByTheDead(name: string): Promise<string> {
  const dead = spawn('true');
  await once(dead, 'exit');
  return at(`.ingot-${dead.pid}-0123456789abcdef.old-${name}`);
}

const hours = (count: number) => new Date(Date.now() - count * 3_600_000);

describe('replaceFolder', () => {
  it('puts a folder where there is none, and in the place of another', async () => {
    for (const text of ['first', 'second']) {
      const made = make(await stagingFolder(at('image')), text);
      await replaceFolder(at('image'), made);
      expect(readFileSync(at('image/file'), 'utf8')).toBe(text);
      expect(readdirSync(at())).toEqual(['image']);
    }
  });

  it('puts the old one back where the new one cannot take its place', async () => {
    make(at('image'), 'old');
    await expect(replaceFolder(at('image'), at('gone'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(readFileSync(at('image/file'), 'utf8')).toBe('old');
    expect(readdirSync(at())).toEqual(['image']);
  });
});

describe('stagingFolder', () => {
  it('puts back what a killed process had moved aside, however old', async () => {
    const aside = make(await movedAsideByTheDead('image.d'), 'the only good copy');
    utimesSync(aside, hours(48), hours(48));
    await stagingFolder(at('image.d'));
    expect(readFileSync(at('image.d/file'), 'utf8')).toBe('the only good copy');
    expect(readdirSync(at())).toEqual(['image.d']);
  });

  it('puts back the old image of a process that has our own id, as one in a container may', async () => {
    make(`${temporaryName(at())}.old-image`, 'the only good copy');
    await stagingFolder(at('image'));
    expect(readFileSync(at('image/file'), 'utf8')).toBe('the only good copy');
  });

  it('leaves the image alone that is there, and removes the older one after an hour', async () => {
    make(at('image'), 'new');
    const aside = make(await movedAsideByTheDead('image'), 'old');
    await stagingFolder(at('image'));
    expect(readdirSync(at()).sort()).toEqual([basename(aside), 'image']);
    utimesSync(aside, hours(2), hours(2));
    await stagingFolder(at('image'));
    expect(readdirSync(at())).toEqual(['image']);
    expect(readFileSync(at('image/file'), 'utf8')).toBe('new');
  });
});
