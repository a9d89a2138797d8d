import { describe, expect, it } from 'vitest';
import { implementations, publishable, publishedManifest } from './package.ts';

describe('a package to publish', () => {
  it('comes after those that it depends on', () => {
    const names = publishable().map(({ manifest }) => manifest.name);
    for (const { manifest } of publishable()) {
      for (const name of Object.keys(manifest.dependencies ?? {}).filter((other) => names.includes(other))) {
        expect(names.indexOf(name)).toBeLessThan(names.indexOf(manifest.name));
      }
    }
  });

  it('asks for the peers and the Node that it needs, and for its siblings in its own version', () => {
    for (const { manifest } of publishable()) {
      expect(manifest).toMatchObject({ license: 'Apache-2.0', type: 'module', engines: { node: '>=22.19' } });
      for (const [name, version] of Object.entries(manifest.dependencies ?? {})) {
        if (name.startsWith('@ingot/')) expect(version).toBe(manifest.version);
      }
      for (const version of Object.values(manifest.peerDependencies ?? {})) expect(version).toBe('>=23.2 <24');
    }
  });

  it('shows nobody the way to the sources', () => {
    const manifest = {
      name: 'a',
      version: '1.0.0',
      exports: {
        '.': { 'ingot-source': './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' },
        './package.json': './package.json',
      },
      dependencies: { b: '1' },
      devDependencies: { c: '1' },
    };
    expect(publishedManifest(manifest)).toEqual({
      name: 'a',
      version: '1.0.0',
      exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' }, './package.json': './package.json' },
      dependencies: { b: '1' },
    });
  });

  it('needs nothing where it is a bundle', () => {
    const manifest = { name: 'a', version: '1.0.0', bin: { a: 'dist/a.js' }, dependencies: { b: '1' } };
    expect(publishedManifest(manifest)).not.toHaveProperty('dependencies');
  });

  it('has the modules that Nx will load', () => {
    const executors = {
      executors: {
        a: { implementation: './dist/a/executor', batchImplementation: './dist/a/batch', schema: './schemas/a.json' },
      },
    };
    expect(implementations(JSON.stringify(executors))).toEqual(['./dist/a/executor', './dist/a/batch']);
    const generators = { generators: { b: { factory: './dist/b/generator#create', schema: './schemas/b.json' } } };
    expect(implementations(JSON.stringify(generators))).toEqual(['./dist/b/generator']);
  });
});
