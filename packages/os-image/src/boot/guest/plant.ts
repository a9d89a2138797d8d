import type { Ext4, NewEntry } from '../ext4/ext4.ts';
import { guestFolder } from './script.ts';

const script = `${guestFolder}/checks`;

/** How the checks are begun in a machine. */
export type Init = 'systemd' | 'inittab' | 'other';

/**
 * Puts the script that runs the checks into a root file system, and has its init start it once the machine is up:
 * systemd after multi-user.target; what reads an inittab when it has run its `wait` entries; any other init a few
 * seconds after it was started, since nothing says when it is through. Answers which it is.
 */
export async function plantChecks(root: Ext4, content: string): Promise<Init> {
  const file: NewEntry = { path: script, content, mode: 0o755 };
  const init = await root.resolve('/sbin/init');
  if (init !== undefined && /\/systemd$/.test(init)) {
    await root.put([file, unit, wanted]);
    return 'systemd';
  }
  const inittab = await root.text('/etc/inittab');
  if (inittab !== undefined) {
    await root.put([file, { path: '/etc/inittab', content: withEntry(inittab), mode: 0o644 }]);
    return 'inittab';
  }
  if (init !== undefined) {
    const path = (await root.resolve('/sbin')) ?? '/sbin';
    await root.rename(`${path}/init`, 'init.ingot');
    await root.put([file, { path: `${path}/init`, content: wrapper(`${path}/init.ingot`), mode: 0o755 }]);
  }
  return 'other';
}

/**
 * Type=simple: a unit that is still starting would be a job that `systemctl is-system-running --wait`, the check that
 * everybody writes first, waits for.
 */
const unit: NewEntry = {
  path: '/etc/systemd/system/ingot-boot.service',
  mode: 0o644,
  content: `[Unit]
Description=Checks of Ingot's test of this image
After=multi-user.target

[Service]
Type=simple
ExecStart=/bin/sh ${script}
`,
};

const wanted: NewEntry = {
  path: '/etc/systemd/system/multi-user.target.wants/ingot-boot.service',
  target: '../ingot-boot.service',
};

/** inittab(5) of sysvinit, which has an `initdefault`; busybox' and Alpine's has none, and no ids. */
function withEntry(inittab: string): string {
  const sysv = /^[^#\n]*:[^:\n]*:initdefault:/m.test(inittab);
  const entry = sysv ? `ingb:12345:once:/bin/sh ${script}` : `::once:/bin/sh ${script}`;
  return `${inittab}${inittab === '' || inittab.endsWith('\n') ? '' : '\n'}${entry}\n`;
}

const wrapper = (init: string) => `#!/bin/sh
(sleep 3; exec /bin/sh ${script}) &
exec ${init} "$@"
`;
