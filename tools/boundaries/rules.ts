import { posix } from 'node:path';
import type { SourceFile } from '../repository.ts';
import { importsOf, packageOf, type Import } from './imports.ts';

/** What each package may import of the others: never one above it (docs/data-path.md shows the way of the data). */
export const allowed: Readonly<Record<string, readonly string[]>> = {
  content: [],
  iso9660: [],
  registry: ['content'],
  workspace: ['registry', 'content'],
  oci: ['workspace', 'registry', 'content'],
  solution: ['workspace', 'oci', 'registry', 'content', 'iso9660'],
  'os-image': ['workspace', 'oci', 'registry', 'content'],
  bundle: ['workspace', 'oci', 'registry', 'content'],
  cli: ['solution', 'bundle', 'workspace', 'registry', 'content', 'iso9660'],
};

/** Packages that know nothing of Nx, not even its types. */
const withoutNx = new Set(['content', 'iso9660', 'registry']);

/** Folders of a plugin whose files run inside Nx, and may load it. Everything else also runs where there is no Nx. */
const insideNx = /^packages\/(bundle|oci|os-image|solution)\/src\/(executors|generators|release)\//;

/** Dependencies declared by each package (dependencies and peerDependencies), and by the root for tests. */
export type Declared = { packages: Readonly<Record<string, readonly string[]>>; root: readonly string[] };

/** All breaches of the import rules in these files, each as `path:line  what is wrong`. */
export function breaches(files: readonly SourceFile[], declared: Declared): string[] {
  return files.flatMap((file) => {
    const place = placeOf(file.path);
    if (place === undefined) return [];
    return importsOf(file.text, file.path).flatMap((found) => {
      const wrong = wrongWith(found, place, declared);
      return wrong === undefined ? [] : [`${file.path}:${found.line}  ${wrong}`];
    });
  });
}

type Place = { path: string; package: string; isTest: boolean };

function placeOf(path: string): Place | undefined {
  const name = /^packages\/([^/]+)\//.exec(path)?.[1];
  return name === undefined
    ? undefined
    : { path, package: name, isTest: /\.(test|bench)\.ts$|\/(test|bench)\//.test(path) };
}

function wrongWith(found: Import, place: Place, declared: Declared): string | undefined {
  const { specifier } = found;
  if (specifier.startsWith('.')) return wrongRelative(found, place);
  if (specifier === '<computed>' || specifier.startsWith('node:')) return undefined;
  const target = packageOf(specifier);
  if (target.startsWith('@ingot/')) return wrongSibling(target, found, place, declared);
  if (isNx(target)) return wrongNx(found, place);
  const known = declared.packages[place.package] ?? [];
  if (known.includes(target) || (place.isTest && declared.root.includes(target))) return undefined;
  return `${target} is not a dependency in packages/${place.package}/package.json`;
}

function wrongSibling(target: string, found: Import, place: Place, declared: Declared): string | undefined {
  const sibling = target.slice('@ingot/'.length);
  if (sibling === place.package) return `imports its own package by name; use a relative path`;
  if (!(allowed[place.package] ?? []).includes(sibling)) return `${place.package} must not import ${target}`;
  if (/\/(src|dist)\//.test(found.specifier))
    return `${found.specifier} reaches into a package; import what it exports`;
  // The bin is one bundle: what goes into it is a dependency at build time only.
  if (place.package === 'cli' || place.isTest || found.kind === 'type') return undefined;
  const known = declared.packages[place.package] ?? [];
  return known.includes(target) ? undefined : `${target} is not a dependency in packages/${place.package}/package.json`;
}

function wrongNx(found: Import, place: Place): string | undefined {
  if (withoutNx.has(place.package)) return `${place.package} knows nothing of Nx: ${found.specifier}`;
  if (place.package === 'cli' && found.kind !== 'type') return `the cli never loads Nx: ${found.specifier}`;
  if (found.kind !== 'static' || place.isTest || insideNx.test(place.path)) return undefined;
  return `loads ${found.specifier} at import; use import type, or await import() where it is needed`;
}

function wrongRelative(found: Import, place: Place): string | undefined {
  const target = posix.join(posix.dirname(place.path), found.specifier);
  if (target.startsWith(`packages/${place.package}/`)) {
    const upwards = /\/src\/((executors|generators)\/|plugin\.ts$)/;
    if (upwards.test(target) && !upwards.test(place.path) && !place.isTest && found.kind !== 'type') {
      return `imports upwards: ${found.specifier} (executors and plugins import formats, never the reverse)`;
    }
    return undefined;
  }
  if (place.isTest && target.startsWith('tools/')) return undefined;
  return `leaves its package: ${found.specifier}`;
}

function isNx(name: string): boolean {
  return name === 'nx' || name.startsWith('@nx/') || name.startsWith('@nrwl/');
}
