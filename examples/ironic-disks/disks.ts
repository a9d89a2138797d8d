/**
 * Writes what the example pushes into dist/disks: whole disks that hold a text instead of a system, and a kernel and a
 * ramdisk that say what they are. The same bytes on every machine.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { qcow2Of } from './qcow2.ts';
import { ramdisk } from './ramdisk.ts';
import { rawDisk } from './raw-disk.ts';

const folder = join(import.meta.dirname, 'dist', 'disks');
mkdirSync(folder, { recursive: true });
const write = (name: string, bytes: string | Uint8Array) => writeFileSync(join(folder, name), bytes);

const standIn = (what: string) => `This stands for ${what}. It boots nothing.\n`;

const x86 = rawDisk(standIn('the disk of an x86_64 machine'));
write('metal-x86_64.raw', x86);
write('metal-x86_64.qcow2', qcow2Of(x86));
write('metal-aarch64.raw', rawDisk(standIn('the disk of an aarch64 machine')));
write('agent.kernel', standIn('the kernel of the Ironic Python Agent'));
const init = `#!/bin/sh\n# ${standIn('the ramdisk of the Ironic Python Agent')}`;
write('agent.initramfs', ramdisk([{ name: 'init', mode: 0o755, text: init }]));
