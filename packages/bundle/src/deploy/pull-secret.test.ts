import { describe, expect, it } from 'vitest';
import { pullSecretHelp } from './pull-secret.ts';

describe('pullSecretHelp', () => {
  it('has placeholders where the login goes, and both methods', () => {
    const text = pullSecretHelp({ secret: 'mysecret', registry: 'registry.example:5000' });
    expect(text).toContain(
      'kubectl create secret docker-registry mysecret -n rukpak-system --docker-server=registry.example:5000 \\\n' +
        `      --docker-username='<user>' --docker-password='<password>'\n`,
    );
    expect(text).toContain('    spec.source.image.pullSecret: mysecret\n');
    expect(text).toContain(
      `    kubectl patch serviceaccount default -n rukpak-system -p '{"imagePullSecrets": [{"name": "mysecret"}]}'\n`,
    );
  });

  it('warns that the patch replaces, and has a patch that adds', () => {
    const text = pullSecretHelp({ secret: 'mysecret', registry: 'registry.example' });
    expect(text).toContain('This replaces all that the account lists');
    const [, added] = /--type=json \\\n {6}-p '(.*)'\n/.exec(text)!;
    expect(JSON.parse(added!)).toEqual([{ op: 'add', path: '/imagePullSecrets/-', value: { name: 'mysecret' } }]);
  });

  it('speaks of the chosen API version and namespace', () => {
    const text = pullSecretHelp({
      secret: 'hub',
      registry: 'docker.io',
      namespace: 'operators',
      apiVersion: 'v1alpha1',
    });
    expect(text).toContain('    spec.template.spec.source.image.pullSecret: hub\n');
    expect(text).toContain('--docker-server=https://index.docker.io/v1/ ');
    expect(text).not.toContain('rukpak-system');
    expect(text).not.toContain('v0.20');
  });
});
