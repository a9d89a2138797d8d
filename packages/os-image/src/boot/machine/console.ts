/** Why a machine will never come up, as its console tells it. */
export interface Sign {
  readonly code: 'INGOT_BOOT_PANIC' | 'INGOT_BOOT_EMERGENCY' | 'INGOT_BOOT_FIRMWARE';
  readonly message: string;
}

const signs: readonly (readonly [RegExp, Sign['code'], string])[] = [
  [/Kernel panic - not syncing/, 'INGOT_BOOT_PANIC', 'the kernel panicked'],
  // initramfs-tools: scripts/functions, panic().
  [/\bDropping to a shell!|^\(initramfs\) /, 'INGOT_BOOT_EMERGENCY', 'the initramfs found no root and gave up'],
  // dracut: dracut-emergency.sh; systemd: emergency.service, src/sulogin-shell.
  [
    /Generating "\/run\/initramfs\/rdsosreport\.txt"/,
    'INGOT_BOOT_EMERGENCY',
    'the initramfs found no root and gave up',
  ],
  [/^You are in (emergency|rescue) mode\b/, 'INGOT_BOOT_EMERGENCY', 'the system went into emergency mode'],
  [/Give root password for (maintenance|login)/, 'INGOT_BOOT_EMERGENCY', 'the system went into emergency mode'],
  [
    /Cannot open access to console, the root account is locked/,
    'INGOT_BOOT_EMERGENCY',
    'the system went into emergency mode',
  ],
  // edk2: BdsDxe and the shell that it starts when nothing boots; GRUB.
  [
    /No bootable option or device was found|^UEFI Interactive Shell/,
    'INGOT_BOOT_FIRMWARE',
    'the firmware found nothing to boot',
  ],
  [/^grub rescue>|error: no such (device|partition)/, 'INGOT_BOOT_FIRMWARE', 'the boot loader found nothing to boot'],
];

const PANIC = 'INGOT_BOOT_PANIC';
const KEPT = 40;
const WIDTH = 300;

/** What a console says: read for signs of failure, its end kept for errors. */
export class ConsoleReader {
  readonly #last: string[] = [];
  #sign: Sign | undefined;

  /** The first sign of failure so far; a panic, which nothing survives, rather than others. */
  get sign(): Sign | undefined {
    return this.#sign;
  }

  add(line: string): void {
    const text = plain(line);
    if (text.trim() === '') return;
    this.#last.push(text.length > WIDTH ? `${text.slice(0, WIDTH)}…` : text);
    if (this.#last.length > KEPT) this.#last.shift();
    const found = signs.find(([pattern]) => pattern.test(text));
    if (found === undefined || this.#sign?.code === PANIC || (this.#sign && found[1] !== PANIC)) return;
    this.#sign = { code: found[1], message: found[2] };
  }

  /** The last lines that are not empty. */
  tail(count = 15): readonly string[] {
    return this.#last.slice(-count);
  }
}

/** Without what moves the cursor and colours (ECMA-48), without other control characters. */
function plain(line: string): string {
  return line

    .replace(/\u001b(\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(\u0007|\u001b\\)|[@-Z\\-_=>]|[()][0-9A-B])/g, '')

    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
}
