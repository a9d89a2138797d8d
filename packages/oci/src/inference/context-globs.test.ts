import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import dockerignore from '@balena/dockerignore';
import fc from 'fast-check';
import { WorkspaceContext } from 'nx/src/native/index.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contextGlobs } from './context-globs.ts';

const files = [
  ...['Dockerfile', 'README.md', 'a.md', '.env', '.hidden/x', 'src/a.ts', 'src/a.md', 'src/deep/b.ts'],
  ...['src/deep/README.md', 'dist/app/main.js', 'dist/log', 'vendored/a/index.js', 'src/vendored/b/index.js'],
  ...['lib/a b.txt', 'x/src/a.ts'],
];

/** Nx's own matcher of input globs, over the files above. */
let nx: WorkspaceContext;
let root: string;
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'ingot-globs-')));
  for (const file of files) {
    await mkdir(join(root, dirname(file)), { recursive: true });
    await writeFile(join(root, file), '');
  }
  nx = new WorkspaceContext(root, await mkdtemp(join(root, '.cache-')));
});
afterAll(() => rm(root, { recursive: true }));

function seenByNx(text: string): string[] {
  const globs = contextGlobs(text);
  const patterns = [...globs.in, ...globs.out.map((glob) => `!${glob}`)];
  const found = globs.in.length === 0 ? [] : nx.glob(patterns);
  return found.filter((file) => files.includes(file)).sort();
}

function letInByDocker(text: string): string[] {
  const rules = dockerignore.default({ ignorecase: false }).add(text);
  return files.filter((file) => !rules.ignores(file)).sort();
}

describe('contextGlobs', () => {
  it.each([
    '',
    '# a comment\n\nvendored\ndist\n',
    '**/vendored\n*.md\n/dist/\n',
    '.*\n**/*.md\nsrc/**\n',
    'src/*/b.ts\n?ib\n./dist/app\n',
    '*\n!src\n!dist/app\nsrc/deep\n',
    '**\n!**/*.md\n',
    'dist\nvendored\n!src/a.md\n',
  ])('names exactly what Docker lets in: %j', (text) => {
    expect(seenByNx(text)).toEqual(letInByDocker(text));
  });

  it.each(['dist\n!dist/app\n', '*.md\n!README.md\n', '[a-s]*\n', 'src/{a}\n!src\\/x\n', '**.ts\n', '../x\n!\n'])(
    'names all that Docker lets in, and more, where Nx cannot say it: %j',
    (text) => {
      expect(seenByNx(text)).toEqual(expect.arrayContaining(letInByDocker(text)));
    },
  );

  it('never names less than Docker lets in', () => {
    const segment = fc.constantFrom('src', 'dist', '*', '**', '*.md', 'a*', '?rc', 'deep', 'vendored', '.*', 'app');
    const pattern = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
    const line = fc.tuple(fc.constantFrom('', '', '!', '/', '!/'), pattern).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), (lines) => {
        const text = lines.join('\n');
        const seen = new Set(seenByNx(text));
        expect(letInByDocker(text).filter((file) => !seen.has(file))).toEqual([]);
      }),
      { seed: 4, numRuns: 500 },
    );
  });

  it('takes nothing out that is an input anyway', () => {
    expect(contextGlobs('Dockerfile*\ndist\n', (pattern) => pattern === 'Dockerfile*').out).toEqual([
      'dist',
      'dist/**/*',
    ]);
  });
});
