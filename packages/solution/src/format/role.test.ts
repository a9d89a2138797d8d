import { describe, expect, it } from 'vitest';
import { roleProblems } from './role.ts';

const role = (kind: string, more = 'metadata: { name: a }\nrules: []\n') =>
  `---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ${kind}\n${more}`;

describe('roleProblems', () => {
  it('takes Roles and ClusterRoles, and passes empty documents over', () => {
    expect(roleProblems(`${role('Role')}${role('ClusterRole')}---\n`)).toEqual([]);
    expect(roleProblems('')).toEqual([]);
  });
  it.each([
    ['INGOT_ROLE_YAML', 'a: [1'],
    ['INGOT_ROLE_KIND', role('RoleBinding')],
    ['INGOT_ROLE_KIND', role('Role').replace('/v1', '/v1beta1')],
    ['INGOT_ROLE_KIND', 'text'],
    ['INGOT_ROLE_NAME', role('Role', 'rules: []\n')],
    ['INGOT_ROLE_NAME', role('Role', 'metadata: { name: 1 }\n')],
  ])('%s', (code, text) => {
    expect(roleProblems(text)).toMatchObject([{ code }]);
  });
  it('names the document', () => {
    expect(roleProblems(role('Role') + role('Secret'))[0]?.message).toContain('document 2');
  });
});
