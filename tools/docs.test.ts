import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codesExplained, codesIn } from './docs/error-codes.ts';
import { anchorOf, deadLinks } from './docs/links.ts';
import { dependenciesListed } from './docs/dependencies.ts';
import { filesUnder, manifestOf, packageNames, readText, root, sourceFiles, type SourceFile } from './repository.ts';

const pages: SourceFile[] = filesUnder('')
  .filter((path) => path.endsWith('.md'))
  .map((path) => ({ path, text: readText(path) }));

describe('the documentation', () => {
  it('has no link that leads nowhere', () => {
    expect(pages.length).toBeGreaterThan(0);
    expect(deadLinks(pages, (path) => existsSync(join(root, path)))).toEqual([]);
  });

  it('explains each error code once, and no other', () => {
    const explained = codesExplained(readText('docs/errors.md'));
    expect(explained.toSorted()).toEqual(codesIn(sourceFiles('packages')));
  });

  it('gives a reason for each dependency, and for no other', () => {
    const folders = ['', ...packageNames().map((name) => `packages/${name}`)];
    const names = folders.flatMap((folder) => {
      const { dependencies, devDependencies, peerDependencies } = manifestOf(folder);
      return Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies });
    });
    const foreign = [...new Set(names.filter((name) => !name.startsWith('@ingot/')))].sort();
    expect(dependenciesListed(readText('docs/dependencies.md')).toSorted()).toEqual(foreign);
  });
});

describe('reading error codes', () => {
  it('finds those of the sources, not of the tests or the environment', () => {
    const sources = [
      { path: 'packages/a/src/a.ts', text: `throw new E('INGOT_B', x); fail("INGOT_A_1"); env.INGOT_STORE; 'INGOT_B'` },
      { path: 'packages/a/src/a.test.ts', text: `'INGOT_C'` },
    ];
    expect(codesIn(sources)).toEqual(['INGOT_A_1', 'INGOT_B']);
  });

  it('does not let a code hide that is put together from parts', () => {
    expect(codesIn([{ path: 'a.ts', text: '`INGOT_${name}`' }])).toEqual(['INGOT_']);
  });

  it('takes only entries with a cause and a remedy', () => {
    const page =
      '| `INGOT_A` | cause | remedy |\n| `INGOT_B` | cause | |\n### INGOT_C\nsee `INGOT_D`\n| Code | Cause | Remedy |';
    expect(codesExplained(page)).toEqual(['INGOT_A', 'INGOT_C']);
  });
});

describe('reading links', () => {
  const there = (path: string) => ['docs', 'docs/a.md', 'README.md'].includes(path);
  const dead = (text: string) => deadLinks([{ path: 'docs/a.md', text: `# Über: the A-side\n${text}` }], there);

  it('finds those that lead nowhere', () => {
    expect(dead('[a](b.md) and [b](../README.md), [c](../../x.md)')).toEqual([
      'docs/a.md:2  b.md',
      'docs/a.md:2  ../../x.md',
    ]);
    expect(dead('[a](#nothing) [b](a.md#über-the-a-side) [c](#über-the-a-side)')).toEqual(['docs/a.md:2  #nothing']);
  });

  it('leaves alone what is no relative link', () => {
    expect(dead('[a](https://example.org/b.md) `[b](c.md)`\n```\n[d](e.md)\n```')).toEqual([]);
  });

  it('knows the anchors of headings', () => {
    expect(anchorOf('`ingot verify`: what it checks, and [why](x.md)')).toBe('ingot-verify-what-it-checks-and-why');
  });
});
