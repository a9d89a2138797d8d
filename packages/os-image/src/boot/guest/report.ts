/** What ran in a machine. */
export interface GuestCheck {
  /** Undefined: it has not ended. */
  readonly exit: number | undefined;
  /** Of both outputs, the beginning. */
  readonly output: string;
  /** There was more. */
  readonly cut: boolean;
}

/** What a machine has told so far. */
export interface GuestReport {
  /** Seconds from its kernel's start until it was up; undefined: it is not yet. */
  readonly up: number | undefined;
  readonly checks: readonly GuestCheck[];
  /** All checks have run. */
  readonly ended: boolean;
}

const empty: GuestReport = { up: undefined, checks: [], ended: false };

/**
 * Reads what the scripts of script.ts have written so far. The disk is the guest's, so nothing is taken for granted: what
 * is not understood is left out, and a line that has no end yet is not read.
 */
export function parseReport(bytes: Uint8Array): GuestReport {
  const zero = bytes.indexOf(0);
  const text = Buffer.from(zero < 0 ? bytes : bytes.subarray(0, zero)).toString('utf8');
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  if (lines[0] !== 'ingot-boot 1') return empty;
  let up: number | undefined;
  let ended = false;
  const checks: { exit: number | undefined; lines: string[]; cut: boolean }[] = [];
  for (const line of lines.slice(1)) {
    const [word = ''] = line.split(' ', 1);
    const rest = line.slice(word.length + 1);
    const check = checks.at(-1);
    if (word === 'up') up = Number.isFinite(Number(rest)) ? Number(rest) : undefined;
    else if (word === 'begin') checks.push({ exit: undefined, lines: [], cut: false });
    else if (word === 'end') ended = true;
    else if (check === undefined) continue;
    else if (word === 'o') check.lines.push(rest);
    else if (word === 'cut') check.cut = true;
    else if (word === 'exit' && /^\d{1,3}$/.test(rest)) check.exit = Number(rest);
  }
  return { up, ended, checks: checks.map(({ exit, lines: said, cut }) => ({ exit, output: said.join('\n'), cut })) };
}
