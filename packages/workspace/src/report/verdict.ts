import type { Finding } from './finding.ts';

/**
 * A finding as lines of text, without a line end: the verdict, and where a rule does not hold, why it is there and what
 * to do. Fit for a terminal, whatever names the ISO holds.
 */
export function formatFinding({ rule, level, message, reason, remedy }: Finding): string {
  const more = [
    ...(reason === undefined ? [] : [`why:  ${reason}`]),
    ...(remedy === undefined ? [] : [`help: ${remedy}`]),
  ];
  const head = `${level.padEnd('warning'.length)}  ${rule}  ${message}`;
  return printable([head, ...more.map((line) => `         ${line}`)].join('\n'));
}

/** The last line of a verdict: how many rules hold, how many findings there are of each level. */
export function formatVerdict(findings: readonly Finding[]): string {
  const count = (level: Finding['level'], one: string, several: string) => {
    const number = findings.filter((finding) => finding.level === level).length;
    return `${number} ${number === 1 ? one : several}`;
  };
  return [
    count('ok', 'rule holds', 'rules hold'),
    count('warning', 'warning', 'warnings'),
    count('error', 'error', 'errors'),
  ].join(', ');
}

/**
 * A text as a terminal may have it: names out of an ISO can hold any character, and some would move the cursor or
 * change what is shown. Line ends and tabs stay.
 */
export function printable(text: string): string {
  return text.replaceAll(/[^\P{C}\n\t]|[\u2028\u2029]/gu, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u{${code}}`;
  });
}
