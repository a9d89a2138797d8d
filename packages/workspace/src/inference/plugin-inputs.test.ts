import { describe, expect, it } from 'vitest';
import { pluginInputs } from './plugin-inputs.ts';

const options = { packageName: '@ingot/oci', workspaceRoot: '/w', siblings: ['content'], libraries: ['npm:yaml'] };

describe('pluginInputs', () => {
  it('is the package where it is installed', () => {
    const url = 'file:///w/node_modules/@ingot/oci/dist/plugin.js';
    expect(pluginInputs({ ...options, url })).toEqual([{ externalDependencies: ['@ingot/oci'] }]);
  });
  it('is the sources where it runs from them', () => {
    expect(pluginInputs({ ...options, url: 'file:///w/packages/oci/src/plugin.ts' })).toEqual([
      '{workspaceRoot}/packages/oci/src/**/*.ts',
      '!{workspaceRoot}/packages/oci/src/**/*.test.ts',
      '{workspaceRoot}/packages/content/src/**/*.ts',
      '!{workspaceRoot}/packages/content/src/**/*.test.ts',
      '{workspaceRoot}/packages/oci/schema/**/*.json',
      { externalDependencies: ['npm:yaml'] },
    ]);
  });
  it('never leaves external dependencies out, since Nx would take the whole lock file', () => {
    expect(pluginInputs({ ...options, url: 'file:///elsewhere/packages/oci/src/plugin.ts' })).toEqual([
      { externalDependencies: [] },
    ]);
  });
});
