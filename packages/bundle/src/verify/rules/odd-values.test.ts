import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

import { annotationsPath, csvPath, operatorBundle, soundAnnotations, soundCsv } from '../test/operator-bundle.ts';
import { treeOf } from '../test/tree-of.ts';
import { findings } from '../test/verdict.ts';
import { helmRules } from './helm.ts';
import { olmRules } from './olm.ts';
import { registryRules } from './registry.ts';

const odd = fc.constantFrom<unknown>(null, '', 'text', 0, -1.5, true, [], [null], [[]], {}, { name: {} }, [{}], [''], {
  spec: [],
});

/** The value with other ones here and there. */
function broken(value: unknown): fc.Arbitrary<unknown> {
  const children = (entries: [string, unknown][]) =>
    fc
      .tuple(...entries.map(([, one]) => broken(one)))
      .map((all) => entries.map(([key], at) => [key, all[at]] as const));
  if (typeof value !== 'object' || value === null) return fc.oneof({ weight: 9, arbitrary: fc.constant(value) }, odd);
  const entries = Object.entries(value);
  const inside = Array.isArray(value)
    ? children(entries).map((all) => all.map(([, one]) => one))
    : children(entries).map((all) => Object.fromEntries(all) as unknown);
  return fc.oneof({ weight: 9, arbitrary: inside }, odd);
}

it('a ClusterServiceVersion of any values is judged', () => {
  const webhooks = [
    { generateName: 'a.b.c', type: 'ConversionWebhook', conversionCRDs: ['hellos.example.com'], rules: [] },
  ];
  const csv = parse(soundCsv) as { spec: object };
  const whole = { ...csv, spec: { ...csv.spec, webhookdefinitions: webhooks, relatedImages: [{ image: 'a' }] } };
  fc.assert(
    fc.property(broken(whole), broken(parse(soundAnnotations)), (manifest, annotations) => {
      const tree = operatorBundle({
        [csvPath]: JSON.stringify(manifest),
        [annotationsPath]: JSON.stringify(annotations),
        'metadata/properties.yaml': JSON.stringify(annotations),
        'metadata/dependencies.yaml': JSON.stringify({ dependencies: annotations }),
      });
      expect(findings(tree, 'registry', { rules: [...registryRules, ...olmRules] }).length).toBeGreaterThan(0);
    }),
    { numRuns: 30 },
  );
});

it('a chart of any values is judged', () => {
  const chart = {
    apiVersion: 'v2',
    name: 'hello',
    version: '1.0.0',
    kubeVersion: '>=1.26.0',
    maintainers: [{ name: 'a' }],
    dependencies: [{ name: 'redis', version: '^1', repository: 'https://a', tags: ['a'], alias: 'b' }],
  };
  const lock = { digest: 'sha256:0', dependencies: chart.dependencies };
  fc.assert(
    fc.property(broken(chart), broken(lock), (metadata, locked) => {
      const tree = treeOf({
        'Chart.yaml': JSON.stringify(metadata),
        'requirements.yaml': JSON.stringify(locked),
        'Chart.lock': JSON.stringify(locked),
        'charts/redis/Chart.yaml': JSON.stringify(metadata),
        'values.yaml': JSON.stringify(metadata),
      });
      expect(findings(tree, 'helm', { rules: helmRules }).length).toBeGreaterThan(0);
    }),
    { numRuns: 30 },
  );
});
