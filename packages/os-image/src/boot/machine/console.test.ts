import { describe, expect, it } from 'vitest';
import { ConsoleReader } from './console.ts';

function readerOf(...lines: readonly string[]): ConsoleReader {
  const reader = new ConsoleReader();
  for (const line of lines) reader.add(line);
  return reader;
}

describe('a console', () => {
  it.each([
    ['[    3.5] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100', 'INGOT_BOOT_PANIC'],
    ['[    2.9] ---[ end Kernel panic - not syncing: VFS: Unable to mount root fs ]---', 'INGOT_BOOT_PANIC'],
    ['ALERT!  LABEL=ROOT does not exist.  Dropping to a shell!', 'INGOT_BOOT_EMERGENCY'],
    ['(initramfs) ', 'INGOT_BOOT_EMERGENCY'],
    ['Generating "/run/initramfs/rdsosreport.txt"', 'INGOT_BOOT_EMERGENCY'],
    ['You are in emergency mode. After logging in, type "journalctl -xb" to view', 'INGOT_BOOT_EMERGENCY'],
    ['Give root password for maintenance', 'INGOT_BOOT_EMERGENCY'],
    ['Cannot open access to console, the root account is locked.', 'INGOT_BOOT_EMERGENCY'],
    ['BdsDxe: No bootable option or device was found.', 'INGOT_BOOT_FIRMWARE'],
    ['UEFI Interactive Shell v2.2', 'INGOT_BOOT_FIRMWARE'],
    ['grub rescue> ', 'INGOT_BOOT_FIRMWARE'],
  ])('shows that %s', (line, code) => {
    expect(readerOf('before', line, 'behind').sign?.code).toBe(code);
  });

  it('shows it behind colours and returns', () => {
    expect(readerOf('\u001b[0;1;31mYou are in emergency mode.\u001b[0m').sign?.code).toBe('INGOT_BOOT_EMERGENCY');
    expect(readerOf('\u001b[2J\u001b[01;01HUEFI Interactive Shell v2.2\r').sign?.code).toBe('INGOT_BOOT_FIRMWARE');
  });

  it.each([
    '[    0.0] Command line: console=ttyS0 panic=-1',
    '[    1.2] Reached target emergency.target',
    'systemd[1]: Started Emergency Shell helper.',
    'login: ',
  ])('shows nothing by %s', (line) => {
    expect(readerOf(line).sign).toBeUndefined();
  });

  it('keeps its first sign, and its last lines without what is empty', () => {
    const reader = readerOf(
      'Kernel panic - not syncing: x',
      ...Array.from({ length: 100 }, (_, i) => `line ${i}`),
      '',
      ' \r',
    );
    reader.add('You are in emergency mode');
    expect(reader.sign?.code).toBe('INGOT_BOOT_PANIC');
    expect(reader.tail(2)).toEqual(['line 99', 'You are in emergency mode']);
    expect(reader.tail(1000)).toHaveLength(40);
  });

  it('shows a panic rather than what came before it', () => {
    expect(readerOf('You are in rescue mode', '(initramfs) ').sign?.message).toContain('emergency mode');
    expect(readerOf('You are in rescue mode', 'Kernel panic - not syncing: x').sign?.code).toBe('INGOT_BOOT_PANIC');
  });

  it('cuts lines without end', () => {
    expect(readerOf('x'.repeat(100_000)).tail()[0]!.length).toBeLessThan(400);
  });
});
