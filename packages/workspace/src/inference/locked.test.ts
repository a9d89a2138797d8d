import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockedReferences } from './locked.ts';

const image = `docker.io/library/debian:12@sha256:${'a'.repeat(64)}`;
const lock = `ingot: lock/v1\nimages:\n  - image: ${image}\n`;

let root: string;
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'ingot-locked-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const locked = async (text: string) => {
  writeFileSync(join(root, 'ingot.lock'), text);
  return (await lockedReferences(root, 'test'))(['debian:12', 'debian:13', 'No Reference']);
};

it('finds what is pinned, however it is written', async () => {
  expect(await locked(lock)).toEqual([image]);
});

it('pins nothing where Git has left its marks: no side of the conflict may be a cache hit', async () => {
  expect(await locked(`${lock}<<<<<<< HEAD\n=======\n>>>>>>> theirs\n`)).toEqual([]);
});

it('pins nothing where there is no lock', async () => {
  expect((await lockedReferences(root, 'test'))(['debian:12'])).toEqual([]);
});
