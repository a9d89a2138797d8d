import { describe, expect, it } from 'vitest';
import { testEnvironment } from './environment.ts';

describe('the environment of the tests', () => {
  const caller = { PATH: '/bin', HOME: '/home/me', NX_SKIP_NX_CACHE: 'true', INGOT_STORE: '/home/me/store' };

  it('leaves nothing of the caller’s Nx and Ingot settings', () => {
    const environment = testEnvironment(
      { ...caller, npm_lifecycle_event: 'test', SOURCE_DATE_EPOCH: '7', LANG: 'tr' },
      '/s',
      false,
    );
    expect(environment).toEqual({
      PATH: '/bin',
      HOME: '/home/me',
      NODE_OPTIONS: '--conditions=ingot-source',
      NX_DAEMON: 'false',
      NO_COLOR: '1',
      LC_ALL: 'C.UTF-8',
      INGOT_STORE: '/s/store',
      TMPDIR: '/s',
    });
  });

  it('asks for the slow tests only in a full run', () => {
    expect(testEnvironment({ ...caller, INGOT_TESTS: 'full' }, '/s', false)).not.toHaveProperty('INGOT_TESTS');
    expect(testEnvironment(caller, '/s', true)).toHaveProperty('INGOT_TESTS', 'full');
  });
});
