import { describe, expect, it } from 'vitest';
import { failedLine } from './failed.ts';
import { firstRunOfTarget, parseInstructions, stagesOf } from './instructions.ts';

const lines = (...text: string[]) => text.join('\n');
const runOf = (text: string, target?: string) => firstRunOfTarget(stagesOf(parseInstructions(text)), target)?.line;

describe('the instructions of a Dockerfile', () => {
  it('are told apart over continued lines, comments within and here-documents', () => {
    const text = lines(
      '# syntax=docker/dockerfile:1',
      'from scratch as a',
      'RUN a \\',
      '  # why',
      '  b  \\',
      '',
      '  c',
      'RUN <<EOF',
      'RUN not this one',
      'EOF',
      'COPY <<"ONE" <<-TWO /x/',
      'FROM neither',
      'ONE',
      '  TWO',
      'CMD ["x"]',
    );
    expect(parseInstructions(text)).toEqual([
      { line: 2, keyword: 'FROM', text: 'from scratch as a' },
      { line: 3, keyword: 'RUN', text: 'RUN a b c' },
      { line: 8, keyword: 'RUN', text: 'RUN <<EOF' },
      { line: 11, keyword: 'COPY', text: 'COPY <<"ONE" <<-TWO /x/' },
      { line: 15, keyword: 'CMD', text: 'CMD ["x"]' },
    ]);
  });

  it('are continued by the escape that a directive names', () => {
    expect(parseInstructions('# escape=`\nFROM a\nRUN dir c:\\\nRUN a `\n b\n').map(({ text }) => text)).toEqual([
      'FROM a',
      'RUN dir c:\\',
      'RUN a b',
    ]);
  });

  it.each([
    ['FROM a\nCOPY x /\n', undefined, undefined],
    ['FROM a\nRUN x\n', undefined, 2],
    ['FROM --platform=$BUILDPLATFORM a AS b\nRUN x\nFROM c\nCOPY --from=b /x /\n', undefined, undefined],
    ['FROM --platform=${TARGETPLATFORM} a\nRUN x\n', undefined, 2],
    ['FROM --platform=$BUILDPLATFORM a AS b\nRUN x\nFROM b\nRUN y\n', undefined, undefined],
    ['FROM a AS unneeded\nRUN x\nFROM c\nCOPY x /\n', undefined, undefined],
    ['FROM a AS needed\nRUN x\nFROM c\nCOPY --from=needed x /\n', undefined, 2],
    ['FROM a\nRUN x\nFROM c\nCOPY --from=0 x /\n', undefined, 2],
    ['FROM a AS n\nRUN x\nFROM --platform=$BUILDPLATFORM c\nRUN --mount=type=bind,from=n,target=/n y\n', undefined, 2],
    ['FROM a AS one\nCOPY x /\nFROM c\nRUN x\n', 'ONE', undefined],
    ['FROM a AS one\nRUN x\nFROM c\n', 'one', 2],
    ['FROM a AS a\nRUN x\n', 'unknown', undefined],
    ['', undefined, undefined],
  ])('run for the target platform: %j', (text, target, line) => {
    expect(runOf(text, target)).toBe(line);
  });
});

describe('failedLine', () => {
  const dockerfile = 'FROM a AS one\nRUN same\nFROM b\nENV x=y\nRUN  same\n';
  const find = (...said: string[]) => failedLine(said, { file: '/x/my.Dockerfile', dockerfile });
  it.each([
    [['my.Dockerfile:3', '----', 'ERROR: failed to solve'], 3],
    [['other:3'], undefined],
    [['dockerfile parse error on line 2: unknown instruction'], 2],
    [['[1/2] STEP 1/2: FROM a AS one', '[1/2] STEP 2/2: RUN same', 'Error: x'], 2],
    [['[2/2] STEP 2/3: ENV x=y', '[2/2] STEP 3/3: RUN same', 'Error: x'], 5],
    [['STEP 9/9: RUN what'], undefined],
    [[], undefined],
  ])('%j', (said, line) => {
    expect(find(...said)).toBe(line);
  });
});
