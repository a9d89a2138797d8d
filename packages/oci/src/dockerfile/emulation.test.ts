import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parsePlatform } from '@ingot/content';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { platformsOfBuilder } from './buildx.ts';
import { ownArchitecture, runsHere } from './emulation.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-binfmt-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** As Linux shows an entry. */
const entry = (magic: string, state = 'enabled') =>
  `${state}\ninterpreter /usr/bin/qemu\nflags: OCF\noffset 0\nmagic ${magic}\nmask ffffffffffffff00fffffffffffffffffeffffff\n`;
const aarch64 = '7f454c460201010000000000000000000200b700';
const s390x = '7f454c4602020100000000000000000000020016';

async function foreign(entries: Readonly<Record<string, string>>): Promise<string[]> {
  for (const [name, text] of Object.entries(entries)) await writeFile(join(folder, name), text);
  const runs = runsHere(folder, 'linux');
  return ['riscv64', 's390x', 'ppc64le'].filter((name) => runs(parsePlatform(`linux/${name}`)));
}

describe('runsHere', () => {
  it('is what this machine has, and nothing else where the kernel knows no emulator', async () => {
    expect(await foreign({ status: 'enabled\n', register: '' })).toEqual([]);
    const runs = runsHere(folder, 'linux');
    expect(runs({ os: 'linux', architecture: ownArchitecture })).toBe(true);
    expect(runs({ os: 'windows', architecture: ownArchitecture })).toBe(false);
    expect(runsHere(join(folder, 'gone'), 'linux')(parsePlatform('linux/riscv64'))).toBe(false);
  });

  it('is what binfmt_misc hands to an emulator, by the machine in its magic, whatever its name', async () => {
    expect(
      await foreign({ x: entry(s390x), y: entry(aarch64), python: entry('0d0d0a'), short: entry('7f454c46') }),
    ).toEqual(['s390x']);
    expect(runsHere(folder, 'linux')(parsePlatform('linux/arm64/v8'))).toBe(true);
  });

  it('leaves out what is switched off', async () => {
    expect(await foreign({ x: entry(s390x, 'disabled') })).toEqual([]);
  });

  it('knows nothing of the machine that engines bring along elsewhere', () => {
    expect(runsHere(folder, 'darwin')(parsePlatform('linux/s390x'))).toBe(true);
  });
});

describe('platformsOfBuilder', () => {
  it('reads what docker buildx inspect prints, of all nodes', () => {
    const lines = [
      'Name:          far',
      'Driver:        remote',
      '',
      'Nodes:',
      'Status:                running',
      'Platforms:             linux/amd64*, linux/amd64/v2, linux/386 (+2), nonsense',
      'Platforms:             linux/arm64',
    ];
    expect(platformsOfBuilder(lines)).toEqual(
      ['linux/amd64', 'linux/amd64/v2', 'linux/386', 'linux/arm64'].map(parsePlatform),
    );
  });
});
