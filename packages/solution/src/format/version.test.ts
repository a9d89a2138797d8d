import { describe, expect, it } from 'vitest';
import { solutionVersionProblems, volumeName } from './version.ts';

describe('solutionVersionProblems', () => {
  it.each(['0.1.0', '1.2.3-dev', '1.2.3-rc.1', '1.2.3-a--b', '1.2.3.4', '2024.01.31'])('takes %s', (version) => {
    expect(solutionVersionProblems(version, 'example')).toEqual([]);
  });
  it.each([
    ['1.0', 'as a number', '1.0.0'],
    ['1', 'as a number', '1.0.0'],
    ['1.2.3+build', '+ is not allowed', '1.2.3-build'],
    ['1.2.3-rc_1', '_ is not allowed', '1.2.3-rc.1'],
    ['1.2.3-RC1', 'capitals', '1.2.3-rc1'],
    ['v1.2.3', 'X.Y.Z', '1.2.3'],
    ['1.2.3-', 'X.Y.Z', '1.2.3'],
    ['1.2.3-a-', 'X.Y.Z', '1.2.3'],
    ['1.2.3-a..b', 'X.Y.Z', '1.2.3'],
    ['', 'X.Y.Z', '1.2.3'],
    ['1.2.3\n', 'X.Y.Z', '1.2.3'],
  ])('refuses %j', (version, fault, remedy) => {
    const [problem, ...others] = solutionVersionProblems(version, 'example');
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code: 'INGOT_SOLUTION_VERSION' });
    expect(problem?.message).toContain(fault);
    expect(problem?.help).toContain(remedy);
  });
  it('counts the name of the volume that MetalK8s makes of name and version', () => {
    expect(volumeName('a', '1.2.3-rc.1')).toBe('registry-a-1-2-3-rc-1');
    const name = 'n'.repeat(48);
    expect(solutionVersionProblems('1.0.0', name)).toEqual([]);
    expect(solutionVersionProblems('1.0.0', `${name}n`)).toMatchObject([{ code: 'INGOT_SOLUTION_VERSION' }]);
  });
});
