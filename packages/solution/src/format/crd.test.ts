import { describe, expect, it } from 'vitest';
import { crdProblems } from './crd.ts';

const crd = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things.example.com
spec:
  group: example.com
  names: { kind: Thing, plural: things }
`;

describe('crdProblems', () => {
  it.each([
    ['a CRD', crd],
    ['one that begins with ---', `# made by hand\n---\n${crd}...\n`],
    ['v1beta1', crd.replace('/v1', '/v1beta1')],
    ['escaped braces', `${crd}# {{ '{{' }}\n`],
    ['a raw block', `${crd}# {% raw %}{{ x }}{% endraw %}\n`],
  ])('takes %s', (_, text) => {
    expect(crdProblems('crds/thing_crd.yaml', text)).toEqual([]);
  });

  it.each([
    ['INGOT_CRD_SUFFIX', 'crds/thing.yaml', crd],
    ['INGOT_CRD_SUFFIX', 'crds/thing_crd.yml', crd],
    ['INGOT_CRD_JINJA', 'crds/thing_crd.yaml', `${crd}# {{ x }}\n`],
    ['INGOT_CRD_JINJA', 'crds/thing_crd.yaml', `${crd}# {#\n`],
    ['INGOT_CRD_YAML', 'crds/thing_crd.yaml', 'a: [1\n'],
    ['INGOT_CRD_YAML', 'crds/thing_crd.yaml', 'a: 1\na: 2\n'],
    ['INGOT_CRD_DOCUMENTS', 'crds/thing_crd.yaml', `${crd}---\n${crd}`],
    ['INGOT_CRD_DOCUMENTS', 'crds/thing_crd.yaml', `${crd}---\n`],
    ['INGOT_CRD_KIND', 'crds/thing_crd.yaml', crd.replace('CustomResourceDefinition', 'Namespace')],
    ['INGOT_CRD_KIND', 'crds/thing_crd.yaml', crd.replace('/v1', '/v2')],
    ['INGOT_CRD_KIND', 'crds/thing_crd.yaml', crd.replace('name: things', 'name: thing')],
    ['INGOT_CRD_KIND', 'crds/thing_crd.yaml', ''],
  ])('%s', (code, path, text) => {
    expect(crdProblems(path, text)).toMatchObject([{ code }]);
  });

  it('says the line', () => {
    expect(crdProblems('a_crd.yaml', 'a: 1\nb: {{ x }}\n')).toMatchObject([{ line: 2 }]);
    expect(crdProblems('a_crd.yaml', 'a: 1\nb: "\n')).toMatchObject([{ line: 3 }]);
  });

  it('leaves other files alone', () => {
    expect(crdProblems('crds/README.md', 'any')).toEqual([]);
  });

  it('survives what is made to do harm', () => {
    const letters = [...'bcdefghij'];
    const bomb = letters.map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghij'[at]}`).join(',')}]`);
    for (const text of [
      ['a: &a [x,x,x,x,x,x,x,x,x]', ...bomb].join('\n'),
      '['.repeat(1_000_000),
      '- '.repeat(100_000),
      'a'.repeat(5 * 1024 * 1024),
    ]) {
      expect(crdProblems('a_crd.yaml', text)).toMatchObject([{ code: 'INGOT_CRD_YAML' }]);
    }
  });
});
