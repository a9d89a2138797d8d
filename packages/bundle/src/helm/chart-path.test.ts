import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { chartPath } from './chart-path.ts';

describe('chartPath', () => {
  it.each([
    ['redis/Chart.yaml', 'Chart.yaml'],
    ['redis/templates/a.yaml', 'templates/a.yaml'],
    ['redis/./templates//a.yaml', 'templates/a.yaml'],
    ['redis\\templates\\a.yaml', 'templates/a.yaml'],
    ['../redis/a.yaml', 'redis/a.yaml'],
  ])('%s is %s', (member, name) => {
    expect(chartPath(member)).toEqual({ name });
  });

  it.each([
    ['/etc/passwd', /absolute/],
    ['//etc/passwd', /absolute/],
    ['redis//etc/passwd', /absolute/],
    ['C:\\\\.\\foo', /absolute/],
    ['c:/foo', /absolute/],
    ['redis/../../etc/passwd', /begins with \.\./],
    ['redis/..dots', /begins with \.\./],
    ['redis/c:/foo', /drive/],
    ['Chart.yaml', /outside/],
    ['redis/.', /outside/],
    ['Chart.yaml/values.yaml', /named Chart\.yaml/],
  ])('refuses %s', (member, problem) => {
    expect(chartPath(member)).toEqual({ problem: expect.stringMatching(problem) as string });
  });

  it('gives nothing that leads out of the chart', () => {
    const part = fc.constantFrom('a', '..', '.', '', 'c:', '\\');
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
        const found = chartPath(parts.join('/'));
        if ('name' in found) expect(found.name).not.toMatch(/^\/|^[a-zA-Z]:\/|(^|\/)\.\.(\/|$)|^$/);
      }),
    );
  });
});
