import { ContentError } from '@ingot/content';
import { describe, expect, it } from 'vitest';
import { ProjectError } from '../error.ts';
import { formatError } from './format-error.ts';

const place = { file: '/w/examples/x/solution.yaml', line: 7, column: 5 };

describe('formatError', () => {
  it('says place, code, message and help, as a compiler would', () => {
    const error = new ProjectError('INGOT_PROJECT_UNKNOWN', 'no project "foo"; did you mean "food"?', {
      place,
      help: 'one\ntwo',
    });
    expect(formatError(error, { cwd: '/w' })).toBe(
      'examples/x/solution.yaml:7:5  INGOT_PROJECT_UNKNOWN  no project "foo"; did you mean "food"?\n  help: one\n  help: two',
    );
  });
  it('knows the errors of other packages by their code', () => {
    const error = new ContentError('INGOT_BLOB_MISSING', 'no blob', { path: '/w/dist/image', help: 'build it' });
    expect(formatError(error, { cwd: '/w' })).toBe('dist/image  INGOT_BLOB_MISSING  no blob\n  help: build it');
  });
  it('prints all of an AggregateError', () => {
    const errors = [new ProjectError('INGOT_A', 'one', { place }), new ProjectError('INGOT_B', 'two')];
    expect(formatError(new AggregateError(errors), { cwd: '/w' })).toBe(
      'examples/x/solution.yaml:7:5  INGOT_A  one\nINGOT_B  two',
    );
  });
  it('shows the stack of what nobody foresaw only when asked', () => {
    const error = new TypeError('x is not a function');
    expect(formatError(error, { verbose: false })).toBe('error: x is not a function');
    expect(formatError(error, { verbose: true })).toContain('format-error.test.ts');
    expect(formatError('text', { verbose: false })).toBe('error: text');
  });
  it('leaves a path far away as it is', () => {
    const error = new ProjectError('INGOT_A', 'one', { path: '/a' });
    expect(formatError(error, { cwd: '/w/b/c/d' })).toBe('/a  INGOT_A  one');
  });
});
