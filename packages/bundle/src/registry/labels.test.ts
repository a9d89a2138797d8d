import { expect, it } from 'vitest';

import { bundleLabels } from './labels.ts';

it('gives the labels that OLM reads', () => {
  expect(bundleLabels({ package: 'hello', channels: ['stable', 'beta'], defaultChannel: 'stable' })).toEqual({
    'operators.operatorframework.io.bundle.mediatype.v1': 'registry+v1',
    'operators.operatorframework.io.bundle.manifests.v1': 'manifests/',
    'operators.operatorframework.io.bundle.metadata.v1': 'metadata/',
    'operators.operatorframework.io.bundle.package.v1': 'hello',
    'operators.operatorframework.io.bundle.channels.v1': 'stable,beta',
    'operators.operatorframework.io.bundle.channel.default.v1': 'stable',
  });
});

it('leaves out a default channel that nobody names', () => {
  expect(Object.keys(bundleLabels({ package: 'hello', channels: ['stable'] }))).toHaveLength(5);
});
