import type { Finding } from './finding.ts';

const marks = { ok: 'ok      ', warning: 'warning ', error: 'error   ' } as const;

/** A finding as text: a line, and below it, where the rule does not hold, why it is there and what to do. */
export function formatFinding({ rule, level, message, reason, remedy, path }: Finding): string {
  const head = `${marks[level]}${rule}: ${path === undefined ? '' : `${path}: `}${message}`;
  const rest = [
    ...(reason === undefined ? [] : [`          why: ${reason}`]),
    ...(remedy === undefined ? [] : [`          do:  ${remedy}`]),
  ];
  return [head, ...rest].join('\n');
}

/** The last line of a verdict: how many rules hold, how many findings there are of each level. */
export function formatVerdict(findings: readonly Finding[]): string {
  const count = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length;
  return `${count('ok')} rules hold, ${count('warning')} warnings, ${count('error')} errors`;
}
