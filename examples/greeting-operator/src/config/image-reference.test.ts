import { describe, expect, it } from 'vitest';
import { imageReference } from './image-reference.ts';

const config = {
  repositories: new Map([
    [
      '0.1.0',
      [
        { endpoint: 'registry.invalid/other', images: ['hello-server-ui:3'] },
        {
          endpoint: 'registry.invalid/solution-0.1.0',
          images: ['hello-ui:1', 'hello-server:0.1.0', 'hello-server:stable'],
        },
      ],
    ],
    ['0.2.0', [{ endpoint: 'registry.invalid/solution-0.2.0', images: ['hello-server:0.2.0'] }]],
    ['0.3.0', [{ endpoint: 'registry.invalid/solution-0.3.0', images: [] }]],
  ]),
};

describe('imageReference', () => {
  it('is the endpoint, the name and the first tag', () => {
    expect(imageReference(config, '0.1.0', 'hello-server')).toBe('registry.invalid/solution-0.1.0/hello-server:0.1.0');
    expect(imageReference(config, '0.2.0', 'hello-server')).toBe('registry.invalid/solution-0.2.0/hello-server:0.2.0');
  });

  it('says what there is instead', () => {
    const missing = (version: string, name: string) => () => imageReference(config, version, name);
    expect(missing('9.0.0', 'hello-server')).toThrow(
      expect.objectContaining({ code: 'GREETING_IMAGE', help: 'there is 0.1.0, 0.2.0, 0.3.0' }),
    );
    expect(missing('0.2.0', 'hello')).toThrow(expect.objectContaining({ help: 'it has hello-server:0.2.0' }));
    expect(missing('0.3.0', 'hello')).toThrow(expect.objectContaining({ help: 'it has none' }));
  });
});
