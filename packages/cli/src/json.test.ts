import { expect, it } from 'vitest';
import { jsonText } from './json.ts';

it('is JSON of the same value, in which nothing steers a terminal', () => {
  const value = {
    'a\u001b[2J': ['\u009b31m', '\u202e', '\u2028', '\u{e0041}', '\ud800', 'line\nline\ttab', 'Ümläut 🦊'],
  };
  const text = jsonText(value);
  expect(JSON.parse(text)).toEqual(value);
  expect(text).not.toMatch(/[^\P{C}\n]|[\u2028\u2029]/u);
  expect(text).toContain('Ümläut 🦊');
  expect(text).toContain('\\u009b31m');
  expect(text).toContain('\\udb40\\udc41');
});
