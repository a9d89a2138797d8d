import { readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NxWorkspace } from '../../../../tools/nx-workspace.ts';
import { runReproduce } from './run-reproduce.ts';
import { contextOf } from './test/context.ts';
import type { ReproduceReport } from './report.ts';

/** Writes what builds must not: the time, the folder, modes by the umask, what the file system says of a source. */
const leaky = `
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
mkdirSync('leaky/dist/tree', { recursive: true });
const { TZ, LC_ALL, HOME } = process.env;
const { mtimeMs, mode } = statSync('leaky/build.mjs');
const source = { mtime: mtimeMs, mode: mode.toString(8) };
const built = { time: Date.now(), date: new Date().toDateString(), folder: process.cwd(), TZ, LC_ALL, HOME, source };
writeFileSync('leaky/dist/built.json', JSON.stringify({ name: 'leaky', user: process.getuid(), ...built }));
writeFileSync('leaky/dist/tree/a.txt', 'always the same');
execFileSync('tar', ['-c', '-z', '-f', 'leaky/dist/tree.tar.gz', '--mtime=@0', '--owner=0', '--group=0', '-C', 'leaky/dist', 'tree/a.txt']);
writeFileSync('leaky/dist/same.txt', \`\${process.env.SOURCE_DATE_EPOCH} \${process.env.INGOT_STORE?.endsWith('/store')}\`);
`;

const build = {
  executor: 'nx:run-commands',
  cache: true,
  outputs: ['{projectRoot}/dist/*.json', '{projectRoot}/dist/*.txt', '{projectRoot}/dist/*.gz'],
  options: { command: 'node leaky/build.mjs' },
};

let workspace: NxWorkspace;
beforeAll(async () => {
  workspace = await NxWorkspace.create({
    packages: [],
    nxJson: { plugins: [] },
    files: {
      'leaky/project.json': { name: 'leaky', targets: { build } },
      'leaky/build.mjs': leaky,
      'leaky/dist/old.txt': 'of an earlier build',
    },
  });
  process.env['SOURCE_DATE_EPOCH'] = '1000';
});
afterAll(async () => {
  delete process.env['SOURCE_DATE_EPOCH'];
  await workspace?.remove();
});

const temporary = () => readdirSync(tmpdir()).filter((name) => name.startsWith('ingot-reproduce-'));

describe('runReproduce', () => {
  it('catches what a build leaves of time, folder, umask and all else that differs, and names the field', async () => {
    const before = temporary();
    const { success, terminalOutput = '' } = await runReproduce(
      { targets: ['build'] },
      contextOf(workspace, 'leaky', { build }),
    );
    expect(success).toBe(false);
    const report = await workspace.json<ReproduceReport>('leaky/dist/reproduce.json');
    expect(report).toMatchObject({ reproducible: false, truncated: false, project: 'leaky', targets: ['build'] });
    const places = report.differences.map(({ at }) => at.join(' › '));
    const file = 'leaky/dist/built.json';
    const fields = ['time', 'date', 'folder', 'TZ', 'LC_ALL', 'HOME', 'source.mtime', 'source.mode'];
    for (const field of fields) expect(places, terminalOutput).toContain(`${file} › .${field}`);
    expect(places).toContain(`${file} › mode`);
    expect(places).toContain('leaky/dist/tree.tar.gz › gzip content › tree/a.txt › mode');
    expect(places).not.toContain(`${file} › .name`);
    // SOURCE_DATE_EPOCH is as given; the store is a new one; what lay in dist is in no build.
    expect(places.filter((place) => place.includes('.txt') && !place.includes('a.txt'))).toEqual([
      'leaky/dist/same.txt › mode',
    ]);
    const [first, second] = report.builds;
    expect(places.includes(`${file} › .user`)).toBe(first!.user !== second!.user);
    expect(terminalOutput).toMatch(
      /^leaky:build, built twice: not the same\n {2}leaky\/dist\/built\.json › mode\n {4}- 0644\n {4}\+ 0600\n/,
    );
    expect(temporary()).toEqual(before);
    expect(statSync(workspace.path('leaky/dist/reproduce.log')).size).toBeGreaterThan(0);
    expect(await workspace.read('leaky/dist/old.txt')).toBe('of an earlier build');
  });

  it('refuses targets that are not there', async () => {
    const context = contextOf(workspace, 'leaky', { build });
    await expect(runReproduce({ targets: ['biuld'] }, context)).rejects.toMatchObject({
      code: 'INGOT_TARGET_UNKNOWN',
      message: expect.stringContaining('did you mean "build"?') as string,
    });
  });
});
