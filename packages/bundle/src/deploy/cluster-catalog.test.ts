import { formatError } from '@ingot/workspace';
import { describe, expect, it } from 'vitest';
import { clusterCatalog, type ClusterCatalog } from './cluster-catalog.ts';

const image = `registry.example:5000/team/hello-catalog@sha256:${'0'.repeat(64)}`;

function refused(wanted: Partial<ClusterCatalog>): string {
  try {
    clusterCatalog({ name: 'hello', image, ...wanted });
  } catch (error) {
    return formatError(error);
  }
  return 'nothing was wrong';
}

describe('clusterCatalog', () => {
  it('names the image by its digest, and asks for no polling', () => {
    expect(clusterCatalog({ name: 'hello-catalog', image })).toBe(`apiVersion: olm.operatorframework.io/v1
kind: ClusterCatalog
metadata:
  name: hello-catalog
spec:
  source:
    type: Image
    image:
      ref: ${image}
`);
  });

  it('says a priority where there is one', () => {
    expect(clusterCatalog({ name: 'hello', image, priority: -1 })).toContain('spec:\n  priority: -1\n  source:');
    for (const priority of [2 ** 31 - 1, -(2 ** 31), 0])
      expect(() => clusterCatalog({ name: 'a', image, priority })).not.toThrow();
  });

  it.each<[Partial<ClusterCatalog>, string]>([
    [{ name: 'Hello' }, '"Hello" cannot name a ClusterCatalog'],
    [{ name: 'a'.repeat(64) }, 'cannot name a ClusterCatalog\n  help: a name has lower-case letters'],
    [{ image: 'registry.example/hello:1.0' }, '"registry.example/hello:1.0" is not host/path@sha256:…'],
    [{ image: `hello@sha256:${'0'.repeat(64)}` }, 'is not host/path@sha256:…'],
    [{ priority: 2 ** 31 }, '2147483648 is no priority'],
    [{ priority: -(2 ** 31) - 1 }, '-2147483649 is no priority'],
    [{ priority: 0.5 }, '0.5 is no priority'],
  ])('refuses %o', (wanted, message) => {
    expect(refused(wanted)).toContain('INGOT_CATALOG_DEPLOY');
    expect(refused(wanted)).toContain(message);
  });
});
