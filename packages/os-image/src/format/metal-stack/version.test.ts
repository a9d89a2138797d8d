import { describe, expect, it } from 'vitest';
import { checkMetalStackVersion } from './version.ts';

describe("metal-stack's version", () => {
  it.each([
    ['12.0.20260101', '12.0'],
    ['19.04.20191018', '19.04'],
    ['0.0.20240229', '0.0'],
    ['10.10.19700101', '10.10'],
  ])('is %s', (version, majorMinor) => {
    expect(checkMetalStackVersion(version)).toEqual({ majorMinor, patch: version.split('.')[2] });
  });

  it.each([
    '1.2.3',
    '12.20260101',
    '12.0.20260230',
    '12.0.20261301',
    '12.0.2026010',
    '12.0.20260101-1',
    'v12.0.20260101',
    '012.0.20260101',
    '12..20260101',
    '12.0.20260101\n',
    '12.0.1.20260101',
  ])('is not %j', (version) => {
    const place = { file: 'os-image.yaml', line: 3, column: 10 };
    expect(() => checkMetalStackVersion(version, place)).toThrow(
      expect.objectContaining({ code: 'INGOT_OS_IMAGE_VERSION', place, help: expect.stringContaining('{date}') }),
    );
  });
});
