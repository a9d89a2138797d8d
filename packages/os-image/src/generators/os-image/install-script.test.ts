import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const script = readFileSync(new URL('../../../templates/install.sh', import.meta.url), 'utf8');

let root: string;
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'ingot-install-'))));
afterEach(() => rmSync(root, { recursive: true }));

const put = (path: string, mode: number): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), '');
  execFileSync('chmod', [mode.toString(8), join(root, path)]);
};

/** Runs the part that restores owners on a root of this test, with groups that are there and one that is not. */
function restore(overrides = ''): string[] {
  const [part] = /^own\(\) \{[\s\S]*?^fi$/m.exec(script)!;
  const below = part.replaceAll(/ (?=\/(?!dev\/))/g, ` ${root}`);
  const pretend = `set -eu
chown() { case "$1" in *:_ssh) return 1 ;; esac; echo "$1 \${2#${root}}"; chmod ug-s "$2"; }
dpkg-statoverride() { printf '${overrides.replaceAll(' /', ` ${root}/`)}'; return 1; }
`;
  const said = execFileSync('bash', ['-c', pretend + below], { encoding: 'utf8' });
  return said.split('\n').filter(Boolean);
}

const modeOf = (path: string) => (statSync(join(root, path)).mode & 0o7777).toString(8);

describe('install.sh', () => {
  it('gives owners and modes back to what is there, and leaves nothing setgid of a group that is not', () => {
    put('etc/shadow', 0o640);
    put('usr/bin/chage', 0o2755);
    put('usr/bin/ssh-agent', 0o2755);
    put('usr/lib/dbus-1.0/dbus-daemon-launch-helper', 0o4754);
    mkdirSync(join(root, 'root'));
    mkdirSync(join(root, 'var/spool/mail'), { recursive: true });
    symlinkSync('spool/mail', join(root, 'var/mail'));
    expect(restore()).toEqual([
      'root:shadow /etc/shadow',
      'root:shadow /usr/bin/chage',
      'root:messagebus /usr/lib/dbus-1.0/dbus-daemon-launch-helper',
      'root:root /root',
    ]);
    expect(modeOf('usr/bin/chage')).toBe('2755');
    expect(modeOf('usr/bin/ssh-agent')).toBe('755');
    expect(modeOf('usr/lib/dbus-1.0/dbus-daemon-launch-helper')).toBe('4754');
    expect(modeOf('root')).toBe('700');
  });

  it('does what dpkg was told', () => {
    put('usr/bin/at', 0o755);
    expect(restore('daemon #12 6755 /usr/bin/at\\n')).toEqual(['daemon:12 /usr/bin/at']);
    expect(modeOf('usr/bin/at')).toBe('6755');
  });

  it('takes a password as it is', () => {
    const [part] = /^if \[ -n "\$password" \][\s\S]*?^fi$/m.exec(script)!;
    const password = String.raw`a\nb\c%s "$x"`;
    const said = execFileSync('sh', ['-c', `chpasswd() { cat; }\n${part}`], {
      encoding: 'utf8',
      env: { ...process.env, password },
    });
    expect(said).toBe(`metal:${password}\n`);
  });
});
