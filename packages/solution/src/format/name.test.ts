import { describe, expect, it } from 'vitest';
import { imageNameProblems, imageTagProblems, solutionNameProblems } from './name.ts';

const long = (length: number) => 'a'.repeat(length);

describe('solutionNameProblems', () => {
  it.each(['a', '0', 'example-solution', 'a--b', long(63)])('takes %s', (name) => {
    expect(solutionNameProblems(name)).toEqual([]);
  });
  it.each(['', '-a', 'a-', 'A', 'a.b', 'a_b', 'a b', 'ä', 'a\n', 'a/b', long(64)])('refuses %j', (name) => {
    expect(solutionNameProblems(name)).toMatchObject([{ code: 'INGOT_SOLUTION_NAME' }]);
  });
  it('refuses what MetalK8s takes for itself', () => {
    expect(solutionNameProblems('metalk8s-thing')[0]?.message).toContain('begins with metalk8s-');
    expect(solutionNameProblems('metalk8s')).toEqual([]);
  });
});

describe('imageNameProblems', () => {
  it.each(['nginx', 'a.b', 'a__b', 'a---b', '0', long(128)])('takes %s', (name) => {
    expect(imageNameProblems(name)).toEqual([]);
  });
  it.each(['', 'A', '.a', 'a.', 'a..b', 'a___b', 'a$b', 'a"b', 'a{b', 'a;b', 'a(b', '{{a}}', 'a\n', long(129)])(
    'refuses %j',
    (name) => {
      expect(imageNameProblems(name)).toMatchObject([{ code: 'INGOT_IMAGE_NAME' }]);
    },
  );
  it('tells that names have one level', () => {
    expect(imageNameProblems('library/nginx')[0]?.help).toContain('one level');
  });
});

describe('imageTagProblems', () => {
  it.each(['1.0', 'latest', '_x', 'V1.0-RC_1', long(128)])('takes %s', (tag) => {
    expect(imageTagProblems(tag)).toEqual([]);
  });
  it.each(['', '.a', '-a', 'a b', 'a/b', 'a:b', 'a+b', '$1', 'a\n', long(129)])('refuses %j', (tag) => {
    expect(imageTagProblems(tag)).toMatchObject([{ code: 'INGOT_IMAGE_TAG' }]);
  });
});
