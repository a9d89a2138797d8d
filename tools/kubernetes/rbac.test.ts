import { describe, expect, it } from 'vitest';
import { allows, permissions, rulesOf } from './rbac.ts';

const rules = rulesOf(`
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: a }
rules:
  - { apiGroups: [''], resources: [services], verbs: [get, list] }
  - { apiGroups: [x.org], resources: [greetings, greetings/status], verbs: ['*'] }
---
kind: ClusterRole
metadata: { name: b }
rules:
  - { apiGroups: [apps], resources: [deployments], resourceNames: [mine], verbs: [patch, create] }
`);

describe('allows', () => {
  it.each([
    ['get', '', 'services', 'a', true],
    ['watch', '', 'services', undefined, false],
    ['get', 'apps', 'services', 'a', false],
    ['patch', 'x.org', 'greetings/status', 'a', true],
    ['patch', 'x.org', 'greetings/scale', 'a', false],
    ['patch', 'apps', 'deployments', 'mine', true],
    ['patch', 'apps', 'deployments', 'yours', false],
    ['create', 'apps', 'deployments', undefined, false],
  ])('%s of %j %s %s: %s', (verb, group, resource, name, allowed) => {
    expect(allows(rules, { verb, group, resource, name })).toBe(allowed);
  });
});

it('lists every permission', () => {
  expect(permissions(rules)).toEqual([
    '/services get',
    '/services list',
    'apps/deployments create',
    'apps/deployments patch',
    'x.org/greetings *',
    'x.org/greetings/status *',
  ]);
});
