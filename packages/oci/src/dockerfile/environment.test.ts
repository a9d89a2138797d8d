import { join } from 'node:path';
import { expect, it } from 'vitest';
import { forAnotherFolder } from './environment.ts';

it('makes the paths of settings absolute, and leaves all else', () => {
  const env = { CONTAINERS_REGISTRIES_CONF: 'a/registries.conf', REGISTRY_AUTH_FILE: '/etc/auth', HOME: 'home', X: '' };
  expect(forAnotherFolder(env)).toEqual({
    ...env,
    CONTAINERS_REGISTRIES_CONF: join(process.cwd(), 'a/registries.conf'),
  });
});
