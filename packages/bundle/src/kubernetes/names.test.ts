import { expect, it } from 'vitest';
import { isLabelValue, isQualifiedName, nameProblem } from './names.ts';

const taken: readonly [group: string, kind: string, name: string][] = [
  ['', 'ConfigMap', 'a.b-c.1'],
  ['', 'Namespace', '1-a'],
  ['', 'Service', 'a-1'],
  ['rbac.authorization.k8s.io', 'Role', 'System:A b'],
  ['batch', 'CronJob', 'a'.repeat(52)],
  ['example.com', 'Hello', 'a'.repeat(253)],
];
const refused: readonly [group: string, kind: string, name: string][] = [
  ['', 'ConfigMap', 'a_b'],
  ['', 'ConfigMap', '-a'],
  ['', 'ConfigMap', 'a..b'],
  ['', 'Namespace', 'a.b'],
  ['', 'Namespace', 'a'.repeat(64)],
  ['', 'Service', '1a'],
  ['rbac.authorization.k8s.io', 'Role', 'a/b'],
  ['rbac.authorization.k8s.io', 'Role', '..'],
  ['example.com', 'Role', 'System:a'],
  ['batch', 'CronJob', 'a'.repeat(53)],
  ['example.com', 'Hello', 'a'.repeat(254)],
];

it.each(taken)('%s %s may be named %s', (group, kind, name) => {
  expect(nameProblem(group, kind, name)).toBeUndefined();
});

it.each(refused)('%s %s may not be named %s', (group, kind, name) => {
  expect(nameProblem(group, kind, name)).toMatch(new RegExp(`^${kind} takes `));
});

it('knows keys and values of labels', () => {
  expect(['a', 'a.b/C_d', 'example.com/x'].every(isQualifiedName)).toBe(true);
  expect(['', 'a/', '/a', 'a/b/c', 'A.com/x', '-a', 'a b', 'x'.repeat(64)].some(isQualifiedName)).toBe(false);
  expect(['', 'a', 'A_b.c-1'].every(isLabelValue)).toBe(true);
  expect(['-', 'a b', 'a/b', 'x'.repeat(64)].some(isLabelValue)).toBe(false);
});
