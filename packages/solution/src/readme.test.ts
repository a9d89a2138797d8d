import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as iso9660 from '@ingot/iso9660';
import { parseProjectFile } from '@ingot/workspace';
import { expect, it } from 'vitest';
import schema from '../schema/solution.schema.json' with { type: 'json' };
import * as solution from './index.ts';
import type { SolutionFile } from './project-file/solution-file.ts';
import { isoOf, sampleSolution } from './verify/test/sample-solution.ts';

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
const example = (language: string) => new RegExp('```' + language + '\\n([^]*?)```').exec(readme)?.[1] ?? '';

it('shows a solution.yaml that is one', () => {
  const file = parseProjectFile<SolutionFile>({
    text: example('yaml'),
    file: 'README.md',
    kind: 'solution/v1',
    schema,
  });
  const { name = '', version = '' } = file?.value ?? {};
  expect([...solution.solutionNameProblems(name), ...solution.solutionVersionProblems(version, name)]).toEqual([]);
  expect(file?.value.images).toHaveLength(2);
});

it('shows a program that verifies', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ingot-readme-'));
  const file = join(folder, 'sample.iso');
  try {
    await writeFile(file, await isoOf(sampleSolution()));
    const [imports, program] = [/^import .*\n/gm, example('ts').replaceAll(/^import .*\n/gm, '')];
    expect(example('ts').match(imports)).toHaveLength(2);
    const lines: string[] = [];
    const names = ['openIso', 'formatFinding', 'verifySolution', 'file', 'console'];
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the program is the README's own
    const run = new Function(...names, `return (async () => {${stripTypeScriptTypes(program)}})();`) as (
      ...values: unknown[]
    ) => Promise<void>;
    const log = (line: string) => lines.push(line);
    await run(iso9660.openIso, solution.formatFinding, solution.verifySolution, file, { log });
    expect(lines.join('\n')).toMatch(/^warning {2}checksum-beside {2}[^\n]*\n.*\n.*$/);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
