import { expect, it } from 'vitest';
import { accessTo, checkPlainHttp } from './access.ts';

const terminal = { cwd: () => '/here' };
const host = 'registry.example:5000';

it('says of a registry what the command line says, and nothing else', () => {
  expect(accessTo(host, {}, terminal)).toEqual({});
  const values = { authfile: 'auth.json', 'ca-file': '/ca.pem', 'plain-http': true };
  expect(accessTo(host, values, terminal)).toEqual({
    authFile: '/here/auth.json',
    registries: { [host]: { caFile: '/ca.pem', plainHttp: true } },
  });
});

it('keeps the two sides of a copy apart', () => {
  const values = { authfile: 'both', 'dest-authfile': 'dest', 'src-plain-http': true, 'dest-ca-file': 'ca' };
  expect(accessTo(host, values, terminal, 'src')).toEqual({
    authFile: '/here/both',
    registries: { [host]: { plainHttp: true } },
  });
  expect(accessTo(host, values, terminal, 'dest')).toEqual({
    authFile: '/here/dest',
    registries: { [host]: { caFile: '/here/ca' } },
  });
});

it('wants to know which of two registries speaks plain HTTP', () => {
  for (const registries of [[], ['a'], ['a', 'a']]) checkPlainHttp(registries, { 'plain-http': true });
  checkPlainHttp(['a', 'b'], { 'src-plain-http': true });
  expect(() => checkPlainHttp(['a', 'b'], { 'plain-http': true })).toThrow('a or b');
});
