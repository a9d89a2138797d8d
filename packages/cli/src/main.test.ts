import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verbs } from './verbs/index.ts';
import { runMain } from './test/run-main.ts';
import { file, sampleIso } from './test/sample-iso.ts';

let folder: string;
const iso = 'sample-1.0.0.iso';
const run = (...args: string[]) => runMain(folder, ...args);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-cli-'));
  await sampleIso(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('ingot', () => {
  it('shows what there is', async () => {
    const { exit, stdout, stderr } = await run('--help');
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    for (const { name: verb, summary } of verbs) {
      expect(stdout).toMatch(new RegExp(`^  ${verb} +${summary.replaceAll(/[.;:]/g, '.')}$`, 'm'));
      const help = await run(verb, '--help');
      expect(help).toMatchObject({ exit: 0, stderr: '' });
      expect(help.stdout).toContain(`Usage: ingot ${verb}`);
      expect(await run('help', verb)).toEqual(help);
    }
  });

  it('says its version', async () => {
    const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(await run('--version')).toEqual({ exit: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each([
    [[], 'Usage: ingot'],
    [['verfy', iso], 'no verb "verfy"; did you mean "verify"?'],
    [['--jsn'], 'no option "--jsn"'],
    [['list', '--jsno', iso], 'no option "jsno"; did you mean "json"?'],
    [['verify'], 'name an ISO, a folder or an image'],
    [['list', iso, 'more'], '"more" is one argument too many'],
    [['extract', iso], '--to'],
    [['extract', iso, '--to'], '--to'],
    [['extract', iso, '--to', 'x', '--outside-links=skp'], 'did you mean "skip"?'],
  ])('exits with 2 for %j', async (args, message) => {
    const { exit, stdout, stderr } = await run(...args);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toContain(message);
    if (args.length > 0) expect(stderr).toMatch(/^INGOT_USAGE {2}.*\n {2}help: /);
  });

  it('exits with 1 for an ISO that is none, and names it', async () => {
    await writeFile(join(folder, 'no.iso'), 'text');
    for (const verb of ['verify', 'list']) {
      const { exit, stdout, stderr } = await run(verb, 'no.iso');
      expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
      expect(stderr).toContain('INGOT_ISO_NONE');
    }
    expect((await run('verify', 'missing.iso')).stderr).toContain('INGOT_ISO_OPEN');
  });

  it('runs as a program, and takes it well when nobody reads on', async () => {
    const program = [new URL('./ingot.ts', import.meta.url).pathname];
    const { stdout } = await execa(process.execPath, ['--conditions=ingot-source', ...program, 'list', iso], {
      cwd: folder,
    });
    expect(stdout).toContain('sample 1.0.0');
    const child = spawn(process.execPath, ['--conditions=ingot-source', ...program, 'list', iso], { cwd: folder });
    child.stdout.destroy();
    const [stderr, exit] = await Promise.all([text(child.stderr), new Promise((done) => child.on('close', done))]);
    expect({ stderr, exit }).toEqual({ stderr: '', exit: 0 });
  });
});

describe('ingot verify', () => {
  it('says a line for every rule, and exits with 0 where only warnings are left', async () => {
    const { exit, stdout, stderr } = await run('verify', iso, '--deep');
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(stdout).toContain('ok       manifest-name  ');
    expect(stdout).toContain('ok       image-diff-ids  ');
    expect(stdout).toMatch(/^warning {2}checksum-beside .*\n {9}why: .*\n {9}help: /m);
    expect(stdout).toMatch(/sample-1\.0\.0\.iso: \d+ rules hold, 1 warning, 0 errors\n$/);
  });

  it('exits with 1 where a rule is broken', async () => {
    const other = await mkdtemp(join(folder, 'other-'));
    await sampleIso(other, [file('operator/deploy/crds/\u001b[2Jx.yaml', '')]);
    const { exit, stdout } = await runMain(other, 'verify', iso);
    expect(exit).toBe(1);
    expect(stdout).toMatch(/^error {4}crd-suffix /m);
    expect(stdout).not.toContain('\u001b');
  });

  it('writes JSON', async () => {
    const { exit, stdout } = await run('verify', iso, '--json');
    expect(exit).toBe(0);
    const verdict = JSON.parse(stdout) as { findings: unknown[] };
    expect(verdict).toMatchObject({ iso, errors: 0, warnings: 1 });
    expect(verdict.findings).toContainEqual(expect.objectContaining({ rule: 'iso-complete', level: 'ok' }));
  });
});

describe('ingot list', () => {
  it('tells images and files', async () => {
    const { exit, stdout } = await run('list', iso);
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^sample 1\.0\.0, volume ID "sample 1\.0\.0"/);
    expect(stdout).toMatch(/^sample-operator:1\.0\.0 {2}sha256:[0-9a-f]{64} /m);
    expect(stdout).toMatch(/^0444 +\d+ {2}manifest\.yaml$/m);
    expect(stdout).toMatch(/^0555 +- {2}images\/$/m);
  });

  it('writes JSON that says nothing of where the ISO lies', async () => {
    const { stdout } = await run('list', iso, '--json');
    const listing = JSON.parse(stdout) as Record<string, unknown>;
    expect(Object.keys(listing)).toEqual(['volumeId', 'size', 'name', 'version', 'displayName', 'images', 'files']);
  });
});

describe('ingot extract', () => {
  it('writes everything', async () => {
    const { exit, stdout, stderr } = await run('extract', iso, '--to', 'all');
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(stdout).toMatch(/^all: 7 files, /);
    expect(await readFile(join(folder, 'all/manifest.yaml'), 'utf8')).toContain('kind: "Solution"');
  });

  it('writes what is named', async () => {
    const { exit, stdout } = await run('extract', iso, './operator/', 'manifest.yaml', '--to', 'some', '--json');
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ to: 'some', files: 2 });
    expect((await readdir(join(folder, 'some'), { recursive: true })).sort()).toEqual([
      'manifest.yaml',
      'operator',
      'operator/deploy',
      'operator/deploy/role.yaml',
    ]);
  });

  it('knows what is near to a name that is not there', async () => {
    const { exit, stderr } = await run('extract', iso, 'manifest.yml', '--to', 'none');
    expect(exit).toBe(1);
    expect(stderr).toContain('INGOT_EXTRACT_PATH  the ISO has no "manifest.yml"; did you mean "manifest.yaml"?');
    expect(await readdir(folder)).not.toContain('none');
  });

  it('leaves a folder alone that has something in it, unless its files may be replaced; others stay even then', async () => {
    const first = await run('extract', iso, 'manifest.yaml', '--to', 'twice');
    expect(first.exit).toBe(0);
    const again = await run('extract', iso, 'operator', '--to', 'twice');
    expect(again).toMatchObject({ exit: 1, stdout: '' });
    expect(again.stderr).toContain('INGOT_ISO_EXISTS');
    await writeFile(join(folder, 'twice/manifest.yaml'), 'older');
    expect((await run('extract', iso, 'operator', '--to', 'twice', '--replace')).exit).toBe(0);
    expect((await readdir(join(folder, 'twice'))).sort()).toEqual(['manifest.yaml', 'operator']);
    expect(await readFile(join(folder, 'twice/manifest.yaml'), 'utf8')).toBe('older');
    expect((await run('extract', iso, 'manifest.yaml', '--to', 'twice', '--replace')).exit).toBe(0);
    expect(await readFile(join(folder, 'twice/manifest.yaml'), 'utf8')).toContain('kind: "Solution"');
  });

  it('leaves the ISO and all else alone that lies in the folder to extract into', async () => {
    const here = await mkdtemp(join(folder, 'here-'));
    await sampleIso(here);
    await writeFile(join(here, 'mine'), 'mine');
    const before = await readFile(join(here, iso));
    expect(await runMain(here, 'extract', iso, '--to', '.', '--replace')).toMatchObject({ exit: 0, stderr: '' });
    expect(await readdir(here)).toEqual(expect.arrayContaining(['manifest.yaml', 'mine', iso]));
    expect((await readFile(join(here, iso))).equals(before)).toBe(true);
  });

  it('writes nothing outside of the folder', async () => {
    const hostile = await mkdtemp(join(folder, 'hostile-'));
    await sampleIso(hostile, [{ path: 'docs\u001b[2J', type: 'symlink', target: '../..' }]);
    const refused = await runMain(hostile, 'extract', iso, '--to', 'out');
    expect(refused).toMatchObject({ exit: 1, stdout: '' });
    expect(refused.stderr).toContain('INGOT_ISO_LINK');
    expect(refused.stderr).not.toContain('\u001b');
    const skipped = await runMain(hostile, 'extract', iso, '--to', 'out', '--outside-links=skip');
    expect(skipped).toMatchObject({ exit: 0, stderr: 'left out: docs\\x1b[2J\n' });
  });
});
