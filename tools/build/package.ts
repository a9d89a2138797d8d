import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { filesUnder, manifestOf, packageNames, readText, root, type Manifest } from '../repository.ts';

/** Relative to the root. Tests that build at the same time each have a folder of their own. */
const stagedIn = process.env['INGOT_BUILD_FOLDER'] ?? 'dist/packages';

/** A package of this repository on its way to be published. Paths of files are from the repository's root. */
export type Package = {
  manifest: Manifest;
  /** Where it is written: `packages/content`. */
  folder: string;
  /** Where it is made whole, as npm shall pack it. */
  staged: string;
  /** The sources that somebody outside loads: everything else is reached from these. */
  entries: string[];
};

const condition = 'ingot-source';

/** All packages to publish, each after those that it depends on. */
export function publishable(): Package[] {
  const packages = packageNames()
    .map((name) => describe(name))
    .filter(({ manifest }) => manifest.private !== true);
  const sorted: Package[] = [];
  const add = (one: Package) => {
    if (sorted.includes(one)) return;
    const { dependencies, devDependencies } = one.manifest;
    const names = Object.keys({ ...dependencies, ...devDependencies });
    for (const other of packages) if (other !== one && names.includes(other.manifest.name)) add(other);
    sorted.push(one);
  };
  for (const one of packages) add(one);
  return sorted;
}

function describe(name: string): Package {
  const folder = `packages/${name}`;
  const manifest = manifestOf(folder);
  return { folder, manifest, staged: `${stagedIn}/${name}`, entries: entriesOf(folder, manifest) };
}

function entriesOf(folder: string, manifest: Manifest): string[] {
  const exported = Object.values(manifest.exports ?? {}).flatMap((target) =>
    typeof target === 'object' && target !== null && condition in target ? [String(target[condition])] : [],
  );
  const loaded = ['executors.json', 'generators.json']
    .filter((file) => existsSync(join(root, folder, file)))
    .flatMap((file) => implementations(readText(`${folder}/${file}`)))
    .map((path) => `${path.replace('./dist/', './src/').replace(/\.js$/, '')}.ts`);
  // Threads are started by the address of their file, which no import shows.
  const threads = filesUnder(folder).filter(
    (path) => /\/src\/(.*[/-])?worker\.ts$/.test(path) && !/\/test\//.test(path),
  );
  const entries = [...exported, ...loaded].map((path) => `${folder}/${path.replace(/^\.\//, '')}`);
  return [...new Set([...entries, ...threads])].sort();
}

/** The modules that an executors.json or generators.json names, without what follows `#`. */
export function implementations(text: string): string[] {
  return valuesOf(text, ['implementation', 'batchImplementation', 'factory', 'hasher']).map(
    (value) => value.split('#')[0] ?? value,
  );
}

/** The values of these keys in an executors.json or generators.json. */
export function valuesOf(text: string, keys: readonly string[]): string[] {
  const collection = JSON.parse(text) as Record<string, Record<string, Record<string, unknown>>>;
  const items = [collection['executors'], collection['generators']].flatMap((group) => Object.values(group ?? {}));
  const values = items.flatMap((item) => keys.map((key) => item[key]));
  return values.filter((value): value is string => typeof value === 'string');
}

/**
 * The package.json to publish: without the way to the sources, which are not published, and without what only this
 * repository needs. A package with a bin is bundled, and so depends on nothing.
 */
export function publishedManifest(manifest: Manifest): Manifest {
  const { exports = {}, dependencies = {}, ...rest } = manifest;
  delete rest.devDependencies;
  const withoutSources = Object.entries(exports).map(([path, target]) => [path, withoutCondition(target)]);
  return {
    ...rest,
    exports: Object.fromEntries(withoutSources) as Record<string, unknown>,
    ...(manifest.bin === undefined ? { dependencies } : {}),
  };
}

function withoutCondition(target: unknown): unknown {
  if (typeof target !== 'object' || target === null) return target;
  return Object.fromEntries(Object.entries(target).filter(([name]) => name !== condition));
}
