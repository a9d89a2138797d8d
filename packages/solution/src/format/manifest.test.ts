import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { pyYaml, python } from '../../../../tools/python.ts';
import { annotation, manifestYaml } from './manifest.ts';

const operator = { name: 'example-operator', tag: '1.0.0' };
const ui = { name: 'example-ui', tag: '1.0' };
const base = { name: 'example', version: '1.0.0', images: [ui, operator] };

describe('manifestYaml', () => {
  it('is read by PyYAML, which MetalK8s uses, as it was meant', async () => {
    const timestamp = '2020-01-01T00:00:00Z';
    const text = manifestYaml({
      ...base,
      displayName: 'Example: "Größe" — yes',
      operator,
      ui,
      labels: { on: 'yes' },
      annotations: { [annotation.buildTimestamp]: timestamp, [annotation.developmentRelease]: '1' },
      customApiGroups: ['example.com'],
    });
    const shown = { [annotation.displayName]: 'Example: "Größe" — yes' };
    expect(await pyYaml(text)).toEqual({
      apiVersion: 'solutions.metalk8s.scality.com/v1alpha1',
      kind: 'Solution',
      metadata: {
        name: 'example',
        labels: { on: 'yes' },
        annotations: { ...shown, [annotation.buildTimestamp]: timestamp, [annotation.developmentRelease]: '1' },
      },
      annotations: shown,
      spec: {
        version: '1.0.0',
        images: ['example-operator:1.0.0', 'example-ui:1.0'],
        operator: { image: operator },
        ui: { image: ui },
        customApiGroups: ['example.com'],
      },
    });
  });

  it('leaves out what there is not, and ends in a newline', () => {
    expect(manifestYaml({ name: 'a', version: '1.0.0', images: [] })).toBe(
      [
        'apiVersion: "solutions.metalk8s.scality.com/v1alpha1"',
        'kind: "Solution"',
        'metadata:',
        '  name: "a"',
        '  labels: {}',
        '  annotations: {}',
        'spec:',
        '  version: "1.0.0"',
        '  images: []',
        '  customApiGroups: []',
        '',
      ].join('\n'),
    );
  });

  it('does not depend on the order of what it is given', () => {
    const one = manifestYaml({ ...base, annotations: { a: '1', b: '2' } });
    const other = manifestYaml({ ...base, images: [operator, ui], annotations: { b: '2', a: '1' } });
    expect(one).toBe(other);
  });

  it('shows a display name that is given as an annotation at both places', () => {
    const value = parse(manifestYaml({ ...base, annotations: { [annotation.displayName]: 'X' } })) as Record<
      string,
      unknown
    >;
    expect(value['annotations']).toEqual({ [annotation.displayName]: 'X' });
  });

  it('carries any string through PyYAML and through a YAML 1.2 reader', async () => {
    const texts = fc.sample(fc.string({ unit: 'binary', maxLength: 40 }), { numRuns: 500, seed: 20261121 });
    texts.push(
      '',
      ' ',
      '\t',
      '\u0085\u2028\u2029\ufeff',
      '\u007f\u0000',
      '\\"\'',
      '{{ x }}',
      '# no',
      '- a',
      '1.0',
      '~',
      '\u{1f600}',
    );
    const manifests = texts.map((text) => manifestYaml({ ...base, displayName: text }));
    const read = await python(
      'yaml',
      `print(json.dumps([yaml.safe_load(one)["annotations"]["${annotation.displayName}"] for one in json.loads(text)]))`,
      JSON.stringify(manifests),
    );
    expect(read).toEqual(texts);
    const again = manifests.map((text) => (parse(text) as { annotations: Record<string, string> }).annotations);
    expect(again.map((values) => values[annotation.displayName])).toEqual(texts);
  });
});
