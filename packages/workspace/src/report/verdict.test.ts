import { expect, it } from 'vitest';
import { formatFinding, formatVerdict, printable } from './verdict.ts';

it('tells a rule that holds in one line, another with reason and remedy', () => {
  expect(formatFinding({ rule: 'a-rule', level: 'ok', message: 'it holds' })).toBe('ok       a-rule  it holds');
  expect(
    formatFinding({ rule: 'a-rule', level: 'warning', message: 'it does not', reason: 'Why.', remedy: 'Do.' }),
  ).toBe('warning  a-rule  it does not\n         why:  Why.\n         help: Do.');
});

it('lets no name of an ISO write on the terminal', () => {
  expect(printable('a\u001b[2Jb\rc\u202ed\u0085\u2028\ue000')).toBe(
    'a\\x1b[2Jb\\x0dc\\u{202e}d\\x85\\u{2028}\\u{e000}',
  );
  expect(printable('Größe 😀\n\tx')).toBe('Größe 😀\n\tx');
});

it('counts', () => {
  const finding = (level: 'ok' | 'warning' | 'error') => ({ rule: 'a', level, message: 'b' });
  expect(formatVerdict([finding('ok'), finding('ok'), finding('error')])).toBe('2 rules hold, 0 warnings, 1 error');
});
