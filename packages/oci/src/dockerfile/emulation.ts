import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Platform } from '@ingot/content';

/** Whether programs of a platform run where something is built. */
export type Runs = (platform: Platform) => boolean;

/** ELF's e_machine (gABI; linux/elf-em.h) of Go's architectures. */
const machines: Readonly<Record<string, number>> = {
  '386': 3,
  amd64: 62,
  arm: 40,
  arm64: 183,
  loong64: 258,
  mips64le: 8,
  ppc64le: 21,
  riscv64: 243,
  s390x: 22,
};

/** What runs without emulation on a machine, beside its own programs. */
const alsoRun: Readonly<Record<string, readonly string[]>> = { amd64: ['386'], arm64: ['arm'] };

const goNames: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le' };

/** This machine's own architecture, as Go names it. */
export const ownArchitecture = goNames[process.arch] ?? process.arch;

/**
 * What runs on this machine: its own architecture, and those that the kernel hands to an emulator (Linux,
 * admin-guide/binfmt-misc.rst). Elsewhere engines run in a machine of their own that nothing is known of.
 */
export function runsHere(folder = '/proc/sys/fs/binfmt_misc', system: string = process.platform): Runs {
  if (system !== 'linux') return () => true;
  const emulated = new Set(emulatedMachines(folder));
  return ({ os, architecture }) =>
    os === 'linux' &&
    (architecture === ownArchitecture ||
      (alsoRun[ownArchitecture]?.includes(architecture) ?? false) ||
      emulated.has(machines[architecture] ?? -1));
}

function emulatedMachines(folder: string): number[] {
  try {
    return readdirSync(folder)
      .filter((name) => name !== 'register' && name !== 'status')
      .flatMap((name) => machineOf(readFileSync(join(folder, name), 'utf8')));
  } catch {
    return [];
  }
}

/** The e_machine in the magic of an entry that is switched on: two bytes at 18, in the order that byte 5 says. */
function machineOf(entry: string): number[] {
  const magic = /^magic ([0-9a-f]+)$/m.exec(entry)?.[1];
  if (!entry.startsWith('enabled') || magic === undefined || !magic.startsWith('7f454c46')) return [];
  const bytes = Buffer.from(magic, 'hex');
  if (bytes.length < 20) return [];
  return [bytes[5] === 2 ? bytes.readUInt16BE(18) : bytes.readUInt16LE(18)];
}
