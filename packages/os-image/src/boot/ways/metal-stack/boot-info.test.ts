import { describe, expect, it } from 'vitest';
import { parseBootInfo } from './boot-info.ts';

const place = { file: 'os-image.yaml', line: 3, column: 1 };
const good =
  'initrd: /boot/initrd\ncmdline: "console=ttyS0 root=UUID=1"\nkernel: /boot/vmlinuz\nbootloader_id: metal\n';

describe('a boot-info.yaml', () => {
  it('says what kexec loads', () => {
    expect(parseBootInfo(`# of an installer\n${good}more: 1\n`, place)).toEqual({
      kernel: '/boot/vmlinuz',
      initrd: '/boot/initrd',
      cmdline: 'console=ttyS0 root=UUID=1',
      bootloaderId: 'metal',
    });
  });

  it.each([
    ['it has no kernel', good.replace(/^kernel.*\n/m, '')],
    ['it has no bootloader_id', good.replace(/^bootloader_id.*\n/m, '')],
    ['its cmdline is 5, not a text', good.replace(/^cmdline.*$/m, 'cmdline: 5')],
    ['its initrd is "", not a text', good.replace(/^initrd.*$/m, 'initrd: ""')],
    ['it is not a mapping', '- kernel\n'],
    ['it is not a mapping', ''],
    ['it is not YAML', 'kernel: [\n'],
    ['it is not YAML', `a: &a [1]\nb: [${'*a,'.repeat(50)}]\n`],
  ])('is wrong where %s', (message, text) => {
    expect(() => parseBootInfo(text, place)).toThrow(
      expect.objectContaining({ code: 'INGOT_BOOT_INSTALL', place, message: expect.stringContaining(message) }),
    );
  });
});
