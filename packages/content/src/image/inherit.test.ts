import { describe, expect, it } from 'vitest';
import { inherit } from './inherit.ts';
import type { BaseImage } from './base.ts';

function base(config: object | null): BaseImage {
  const digest = `sha256:${'0'.repeat(64)}`;
  return { manifest: { config: { digest } }, config: { config } } as unknown as BaseImage;
}

describe('a base of Docker’s', () => {
  it('may have null for nothing, and leaves the notes of its build behind', () => {
    const docker = { Env: null, Cmd: null, Labels: null, Hostname: 'abc', Image: 'sha256:1', OnBuild: ['RUN x'] };
    expect(inherit(base(docker))).toEqual({});
    const health = { Healthcheck: { Test: ['CMD', 'true'] }, Shell: ['/bin/bash', '-c'], ArgsEscaped: true };
    expect(inherit(base(health))).toEqual(health);
    expect(inherit(base(null))).toEqual({});
  });

  it.each([
    { Env: 'PATH=/' },
    { Env: [1] },
    { Entrypoint: { 0: 'x' } },
    { Labels: ['x'] },
    { Labels: { a: 1 } },
    { User: 0 },
    { ExposedPorts: [80] },
    { WorkingDir: ['/'] },
  ])('is refused where it is broken: %j', (broken) => {
    const refused = expect.objectContaining({ code: 'INGOT_IMAGE_BASE' });
    expect(() => inherit(base(broken))).toThrow(refused);
  });
});
