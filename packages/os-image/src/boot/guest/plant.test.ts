import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { referee } from '../../../../../tools/referee.ts';
import { Ext4 } from '../ext4/ext4.ts';
import { plantChecks } from './plant.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-plant-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A root file system: texts are files, those that begin with `->` are links. */
async function rootOf(files: Readonly<Record<string, string>>): Promise<Ext4> {
  for (const [path, text] of Object.entries(files)) {
    const whole = join(folder, 'tree', path);
    await mkdir(dirname(whole), { recursive: true });
    if (text.startsWith('->')) await symlink(text.slice(2), whole);
    else await writeFile(whole, text).then(() => chmod(whole, 0o755));
  }
  const disk = join(folder, 'disk.raw');
  await writeFile(disk, '');
  await truncate(disk, 4 * 1024 * 1024);
  execFileSync(referee('mke2fs'), ['-q', '-F', '-t', 'ext4', '-d', join(folder, 'tree'), disk]);
  return new Ext4(disk, 0, new AbortController().signal);
}

const script = 'the checks\n';
const planted = '/etc/ingot-boot/checks';

describe('the checks', () => {
  it('are a unit of systemd, which is no job while they run', async () => {
    const root = await rootOf({
      'usr/lib/systemd/systemd': 'ELF',
      'usr/sbin/init': '->../lib/systemd/systemd',
      sbin: '->usr/sbin',
      'etc/inittab': '# not of systemd\n',
    });
    expect(await plantChecks(root, script)).toBe('systemd');
    expect(await root.text(planted)).toBe(script);
    const unit = await root.text('/etc/systemd/system/multi-user.target.wants/ingot-boot.service');
    expect(unit).toMatch(/^After=multi-user\.target$/m);
    expect(unit).toMatch(/^Type=simple$/m);
    expect(unit).toMatch(/^ExecStart=\/bin\/sh \/etc\/ingot-boot\/checks$/m);
  });

  it('are a line of busybox’ inittab, behind what it waits for', async () => {
    const root = await rootOf({
      'sbin/init': '->../bin/busybox',
      'bin/busybox': 'ELF',
      'etc/inittab': '::sysinit:/rc',
    });
    expect(await plantChecks(root, script)).toBe('inittab');
    expect(await root.text('/etc/inittab')).toBe('::sysinit:/rc\n::once:/bin/sh /etc/ingot-boot/checks\n');
  });

  it('are a line of sysvinit’s inittab, with an id and runlevels', async () => {
    const inittab = '# inittab\nid:2:initdefault:\nsi::sysinit:/etc/init.d/rcS\n';
    const root = await rootOf({ 'sbin/init': 'ELF', 'etc/inittab': inittab });
    expect(await plantChecks(root, script)).toBe('inittab');
    expect(await root.text('/etc/inittab')).toBe(`${inittab}ingb:12345:once:/bin/sh /etc/ingot-boot/checks\n`);
  });

  it('run beside any other init, which stays process 1', async () => {
    const root = await rootOf({
      'usr/sbin/init': '->../bin/own-init',
      sbin: '->usr/sbin',
      'usr/bin/own-init': '#!/bin/sh',
    });
    expect(await plantChecks(root, script)).toBe('other');
    expect(await root.text('/sbin/init')).toMatch(/^exec \/usr\/sbin\/init\.ingot "\$@"$/m);
    expect(await root.resolve('/usr/sbin/init.ingot')).toBe('/usr/bin/own-init');
  });
});
