import { describe, expect, it } from 'vitest';
import { checkPluginOptions } from './plugin-options.ts';

describe('checkPluginOptions', () => {
  it('takes what is known, and nothing at all', () => {
    checkPluginOptions('@ingot/x/plugin', { platform: 'a' }, ['platform']);
    checkPluginOptions('@ingot/x/plugin', undefined, ['platform']);
  });

  it('names the option that it does not know, and the nearest', () => {
    expect(() => checkPluginOptions('@ingot/x/plugin', { platfrom: 'a' }, ['platform', 'labels'])).toThrow(
      'nx.json  INGOT_OPTION_UNKNOWN  @ingot/x/plugin has no option "platfrom"; did you mean "platform"?\n' +
        '  help: options: platform, labels',
    );
  });
});
