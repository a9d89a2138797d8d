import { describe, expect, it } from 'vitest';
import { olmPullSecretHelp } from './olm-pull-secret.ts';

describe('olmPullSecretHelp', () => {
  const text = olmPullSecretHelp({ secret: 'mysecret', registry: 'registry.example' });

  it('has placeholders where the login goes', () => {
    expect(text).toContain('create secret docker-registry mysecret -n olmv1-system --docker-server=registry.example ');
    expect(text).toContain(`--docker-username='<user>' --docker-password='<password>'`);
  });

  it('gives the secret to both controllers, in place of others or beside them', () => {
    for (const account of ['catalogd-controller-manager', 'operator-controller-controller-manager']) {
      const patches = text.match(new RegExp(`kubectl patch serviceaccount ${account} -n olmv1-system`, 'g'));
      expect(patches).toHaveLength(2);
    }
    expect(text).toContain('This replaces all that the account lists');
  });
});
