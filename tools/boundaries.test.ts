import { join } from 'node:path/posix';
import { describe, expect, it } from 'vitest';
import { importsOf } from './boundaries/imports.ts';
import { emptyNames } from './boundaries/names.ts';
import { heavyPluginImports } from './boundaries/plugin-load.ts';
import { allowed, breaches, type Declared } from './boundaries/rules.ts';
import { unusedDependencies } from './boundaries/unused.ts';
import { filesUnder, manifestOf, packageNames, sourceFiles, type SourceFile } from './repository.ts';

const plugins = ['bundle', 'oci', 'os-image', 'solution'];
const sources = sourceFiles('packages');

function declared(): Declared {
  const namesOf = (folder: string) => {
    const { dependencies, peerDependencies } = manifestOf(folder);
    return Object.keys({ ...dependencies, ...peerDependencies });
  };
  const { dependencies, devDependencies } = manifestOf('');
  return {
    packages: Object.fromEntries(packageNames().map((name) => [name, namesOf(`packages/${name}`)])),
    root: Object.keys({ ...dependencies, ...devDependencies }),
  };
}

/** Where each specifier of a package of ours leads to in this repository. */
function exported(): Map<string, string> {
  const entries = packageNames().flatMap((folder) => {
    const { name, exports = {} } = manifestOf(`packages/${folder}`);
    return Object.entries(exports).flatMap(([path, target]): [string, string][] => {
      const source = (target as Record<string, string>)['ingot-source'];
      return source === undefined ? [] : [[name + path.slice(1), join('packages', folder, source)]];
    });
  });
  return new Map(entries);
}

describe('the imports of this repository', () => {
  it('are read from every package', () => {
    expect(Object.keys(allowed)).toEqual(expect.arrayContaining(packageNames()));
    for (const name of packageNames())
      expect(sources.some(({ path }) => path.startsWith(`packages/${name}/`))).toBe(true);
  });

  it('go downwards only, and are declared', () => {
    expect(breaches(sources, declared())).toEqual([]);
  });

  it.each(packageNames())('use every dependency of %s', (name) => {
    const { dependencies = {} } = manifestOf(`packages/${name}`);
    const own = sources.filter(({ path }) => path.startsWith(`packages/${name}/`));
    // Who adds @ingot/solution gets the plugin for images as well: what its generators make needs it.
    const broughtAlong = name === 'solution' ? ['@ingot/oci'] : [];
    expect(unusedDependencies(Object.keys(dependencies), own, broughtAlong)).toEqual([]);
  });

  it.each(plugins)('leave the plugin of %s quick to load', (name) => {
    const plugin = `packages/${name}/src/plugin.ts`;
    expect(sources.map(({ path }) => path)).toContain(plugin);
    expect(heavyPluginImports(sources, plugin, exported())).toEqual([]);
  });

  it('come from files and folders whose names say what is inside', () => {
    expect(emptyNames(filesUnder(''))).toEqual([]);
  });
});

describe('unused dependencies', () => {
  it('are those that no source imports, whatever its tests do', () => {
    const sources = [
      { path: 'packages/a/src/a.ts', text: "import { b } from 'b/deep'; await import('@c/d');" },
      { path: 'packages/a/src/a.test.ts', text: "import 'tests';" },
    ];
    expect(unusedDependencies(['b', '@c/d', 'tests', 'z', 'kept'], sources, ['kept'])).toEqual(['tests', 'z']);
  });
});

describe('the import rules', () => {
  const known: Declared = {
    packages: { content: ['tar'], workspace: ['@ingot/content'], solution: ['yaml', '@ingot/iso9660'], cli: [] },
    root: ['vitest'],
  };
  const check = (path: string, text: string) => breaches([{ path: `packages/${path}`, text }], known);

  it.each([
    ['content/src/a.ts', `import { x } from '@ingot/iso9660';`, 'content must not import @ingot/iso9660'],
    ['content/src/a.test.ts', `import { x } from '@ingot/iso9660';`, 'content must not import @ingot/iso9660'],
    ['content/src/a.ts', `import type { Tree } from '@nx/devkit';`, 'content knows nothing of Nx'],
    ['content/src/a.ts', `type T = import('nx/src/x').T;`, 'content knows nothing of Nx'],
    ['content/src/a.ts', `import zlib from 'fflate';`, 'fflate is not a dependency'],
    ['content/src/a.ts', `import { it } from 'vitest';`, 'vitest is not a dependency'],
    ['content/src/a.ts', `import { x } from '../../oci/src/x.ts';`, 'leaves its package'],
    ['content/src/a.ts', `import { referee } from '../../../tools/referee.ts';`, 'leaves its package'],
    ['iso9660/src/a.ts', `await import('@ingot/content');`, 'iso9660 must not import @ingot/content'],
    ['iso9660/src/a.ts', `export * from '@ingot/content';`, 'iso9660 must not import @ingot/content'],
    ['workspace/src/a.ts', `import { logger } from '@nx/devkit';`, 'loads @nx/devkit at import'],
    ['workspace/src/a.ts', `import { type Tree } from '@nx/devkit';`, 'loads @nx/devkit at import'],
    ['workspace/src/a.ts', `import { plan } from '@ingot/solution';`, 'workspace must not import @ingot/solution'],
    ['oci/src/a.ts', `import { plan } from '@ingot/solution';`, 'oci must not import @ingot/solution'],
    ['solution/src/plan/a.ts', `import { logger } from '@nx/devkit';`, 'loads @nx/devkit at import'],
    ['solution/src/plan/a.ts', `import run from '../executors/plan/executor.ts';`, 'imports upwards'],
    ['solution/src/plan/a.ts', `import { x } from '@ingot/iso9660/src/plan.ts';`, 'reaches into a package'],
    ['solution/src/plan/a.ts', `import { x } from '@ingot/oci';`, '@ingot/oci is not a dependency'],
    ['cli/src/a.ts', `await import('@nx/devkit');`, 'the cli never loads Nx'],
    ['cli/src/a.ts', `import { image } from '@ingot/oci';`, 'cli must not import @ingot/oci'],
  ])('refuse in %s: %s', (path, text, wrong) => {
    expect(check(path, `\n${text}`)).toEqual([expect.stringMatching(`^packages/${path}:2  `)]);
    expect(check(path, text)[0]).toContain(wrong);
  });

  it.each([
    ['content/src/a.ts', `import { Header } from 'tar/header'; import { b } from './b.ts'; import fs from 'node:fs';`],
    ['content/src/a.test.ts', `import { it } from 'vitest'; import { referee } from '../../../tools/referee.ts';`],
    ['workspace/src/a.ts', `import type { Tree } from '@nx/devkit'; await import('nx/src/x.js');`],
    ['workspace/src/a.ts', `import { digestOf } from '@ingot/content'; // import { x } from '@ingot/solution';`],
    ['solution/src/generators/a/generator.ts', `import { formatFiles } from '@nx/devkit';`],
    ['solution/src/executors/plan/executor.ts', `import { plan } from '../../plan/plan.ts';`],
    ['cli/src/a.ts', `import { verify } from '@ingot/solution'; import { openIso } from '@ingot/iso9660';`],
  ])('allow in %s: %s', (path, text) => {
    expect(check(path, text)).toEqual([]);
  });

  it('find what a plugin loads through files of Ingot', () => {
    const files: SourceFile[] = [
      {
        path: 'packages/oci/src/plugin.ts',
        text: `import { a } from './a/a.ts'; import type { T } from '@nx/devkit';`,
      },
      {
        path: 'packages/oci/src/a/a.ts',
        text: `import fs from 'node:fs';\nimport { parse } from 'yaml';\nimport('ajv');`,
      },
      { path: 'packages/oci/src/a/b.ts', text: `import { c } from '@ingot/workspace/c';\nimport '@ingot/content';` },
      { path: 'packages/workspace/src/c.ts', text: `import tar from 'tar';` },
    ];
    const known = new Map([['@ingot/workspace/c', 'packages/workspace/src/c.ts']]);
    const loads = (what: string, path: string) =>
      `${path}  packages/oci/src/plugin.ts loads ${what} at import; use await import()`;
    expect(heavyPluginImports(files, 'packages/oci/src/plugin.ts', known)).toEqual([
      loads('yaml', 'packages/oci/src/a/a.ts:2'),
    ]);
    const more = [{ ...files[0]!, text: `import './a/b.ts'` }, ...files.slice(1)];
    expect(heavyPluginImports(more, 'packages/oci/src/plugin.ts', known)).toEqual([
      loads('tar', 'packages/workspace/src/c.ts:1'),
      loads('@ingot/content', 'packages/oci/src/a/b.ts:2'),
    ]);
  });

  it('refuse names that say nothing', () => {
    const wrong = [
      'packages/a/src/utils/b.ts',
      'packages/a/src/helpers.ts',
      'tools/misc.test.ts',
      'e2e/manager/x.yaml',
    ];
    expect(emptyNames([...wrong, 'packages/a/src/utilization.ts', 'docs/common-errors.md'])).toEqual(wrong);
  });
});

describe('reading imports', () => {
  it('tells what is loaded, when', () => {
    const text = [
      `import a from 'a';`,
      `import type { B } from 'b';`,
      `import { type C } from 'c';`,
      `import 'd';`,
      `export { e } from 'e';`,
      `export type { F } from 'f';`,
      `const g = await import('g');`,
      `let h: import('h').H;`,
      `import i = require('i');`,
      `require('j');`,
      `import(name);`,
      `const text = "import k from 'k'"; // import l from 'l'`,
    ].join('\n');
    expect(importsOf(text, 'x.ts').map(({ specifier, kind, line }) => `${line} ${specifier} ${kind}`)).toEqual([
      '1 a static',
      '2 b type',
      '3 c static',
      '4 d static',
      '5 e static',
      '6 f type',
      '7 g dynamic',
      '8 h type',
      '9 i static',
      '10 j dynamic',
      '11 <computed> dynamic',
    ]);
  });
});
