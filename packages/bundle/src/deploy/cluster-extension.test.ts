import { formatError } from '@ingot/workspace';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { clusterExtension, type ClusterExtension } from './cluster-extension.ts';

const least = { name: 'hello', package: 'hello-operator', namespace: 'hello-system' };

function refused(wanted: Partial<ClusterExtension>): string {
  try {
    clusterExtension({ ...least, ...wanted });
  } catch (error) {
    return formatError(error);
  }
  return 'nothing was wrong';
}

describe('clusterExtension', () => {
  it('says as little as OLM v1 needs', () => {
    expect(clusterExtension(least)).toBe(`apiVersion: olm.operatorframework.io/v1
kind: ClusterExtension
metadata:
  name: hello
spec:
  namespace: hello-system
  source:
    sourceType: Catalog
    catalog:
      packageName: hello-operator
`);
  });

  it('chooses a catalog, channels and a version', () => {
    const text = clusterExtension({ ...least, channels: ['stable', '1.x'], version: '1.0', catalog: 'hello-catalog' });
    expect(text).toContain(`    catalog:
      packageName: hello-operator
      version: "1.0"
      channels:
        - stable
        - 1.x
      selector:
        matchLabels:
          olm.operatorframework.io/metadata.name: hello-catalog
`);
  });

  it('makes the service account that versions before v1.11 install with', () => {
    const documents = parseAllDocuments(clusterExtension({ ...least, serviceAccount: 'installer' }));
    expect(documents.map((document) => document.toJS() as unknown)).toMatchObject([
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'installer', namespace: 'hello-system' } },
      { kind: 'ClusterExtension', spec: { namespace: 'hello-system', serviceAccount: { name: 'installer' } } },
    ]);
  });

  it.each([
    '1.2.3',
    'v1.2.3',
    '1',
    '1.x',
    '*',
    '>=1.0.0, <2.0.0',
    '>= 1.0 <2.0 || ^3',
    '~1.2',
    '1.2.*',
    '1.0.0-rc.1+b',
  ])('takes the version %s', (version) => expect(() => clusterExtension({ ...least, version })).not.toThrow());

  it.each<[Partial<ClusterExtension>, string]>([
    [{ name: 'a'.repeat(54) }, 'cannot name a ClusterExtension'],
    [{ package: 'hello_operator' }, '"hello_operator" cannot name a package'],
    [{ namespace: 'hello.system' }, '"hello.system" cannot name a namespace'],
    [{ serviceAccount: '' }, '"" cannot name a service account'],
    [{ channels: ['stable', 'original_40'] }, '"original_40" cannot name a channel to OLM v1'],
    [{ channels: Array.from({ length: 257 }, (_, i) => `c${i}`) }, 'there are 257 channels'],
    ...['', 'latest', '1.*', '1.2.3.4', '>1 &&<2', '>>1', '1 ||', '01', '1.0.0'.padEnd(65, '0'), '1.0.0\u0000'].map(
      (version): [Partial<ClusterExtension>, string] => [{ version }, 'is no version and no range'],
    ),
  ])('refuses %o', (wanted, message) => {
    expect(refused(wanted)).toContain('INGOT_CATALOG_DEPLOY');
    expect(refused(wanted)).toContain(message);
  });
});
