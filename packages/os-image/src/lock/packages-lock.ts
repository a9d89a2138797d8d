import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { conflictMark, parseProjectFile, ProjectError, type Place, type Schema } from '@ingot/workspace';
import type { Architecture } from '../description/description.ts';

/** Lies beside os-image.yaml. */
export const PACKAGES_LOCK = 'packages.lock';

export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** The package's own: amd64, arm64, all. */
  readonly architecture: string;
}

/** What the packages were looked up for: a lock of something else pins nothing. */
export interface LockRequest {
  readonly suite: string;
  readonly variant: string;
  readonly sources: readonly string[];
  readonly wanted: readonly string[];
}

export interface PackagesLock {
  /** Absolute. */
  readonly file: string;
  /** The day that it was written, `YYYYMMDD`. */
  readonly date: string;
  /** Undefined: the lock of a builder that finds its packages itself. */
  readonly request: LockRequest | undefined;
  /** By the image's architecture; sorted by name. */
  readonly packages: Readonly<Partial<Record<Architecture, readonly LockedPackage[]>>>;
  /** Where a package is written, for errors; `name` or `name:architecture`. */
  place(architecture: Architecture, name: string): Place;
}

interface Written extends Partial<LockRequest> {
  readonly date: string;
  readonly packages: Readonly<Partial<Record<Architecture, readonly string[]>>>;
}

let schema: Schema | undefined;

/** The lock of a project; undefined where it has none. Throws ProjectError INGOT_LOCK_FILE, and what `parsePackagesLock` throws. */
export async function readPackagesLock(folder: string): Promise<PackagesLock | undefined> {
  const file = join(folder, PACKAGES_LOCK);
  try {
    return parsePackagesLock(await readFile(file, 'utf8'), file);
  } catch (cause) {
    const { code, message, syscall } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (syscall === undefined) throw cause;
    throw new ProjectError('INGOT_LOCK_FILE', `cannot read it: ${message}`, { path: file, cause });
  }
}

/** Throws ProjectError INGOT_LOCK_CONFLICT, INGOT_LOCK_FILE, INGOT_LOCK_TWICE, and what parseProjectFile throws. */
export function parsePackagesLock(text: string, file: string): PackagesLock {
  refuseConflict(text, file);
  schema ??= JSON.parse(
    readFileSync(new URL('../../schema/packages-lock.schema.json', import.meta.url), 'utf8'),
  ) as Schema;
  const parsed = parseProjectFile<Written>({ text, file, kind: 'packages-lock/v1', schema });
  if (parsed === undefined) {
    throw new ProjectError('INGOT_LOCK_FILE', 'its first key is not `ingot: packages-lock/v1`', {
      place: { file, line: 1, column: 1 },
      help: 'remove the file and let the target `lock` write it, or rename what is not ours',
    });
  }
  const { date, suite, variant, sources, wanted = [], packages } = parsed.value;
  const architectures = Object.entries(packages) as [Architecture, readonly string[]][];
  const read = architectures.map(([architecture, lines]) => {
    const found = lines.map(packageOf);
    const keys = found.map(keyOf);
    const twice = keys.findIndex((key, i) => keys.indexOf(key) !== i);
    if (twice < 0) return [architecture, found] as const;
    throw new ProjectError('INGOT_LOCK_TWICE', `${keys[twice]} is locked twice`, {
      place: parsed.place(['packages', architecture, twice]),
      help: 'leave the line that you want, or let the target `lock` write them anew',
    });
  });
  const isComplete = suite !== undefined && variant !== undefined && sources !== undefined;
  return {
    file,
    date: date.replaceAll('-', ''),
    request: isComplete ? { suite, variant, sources, wanted } : undefined,
    packages: Object.fromEntries(read),
    place: (architecture, name) => {
      const lines = (packages[architecture] ?? []).map(packageOf);
      const index = lines.findIndex((each) => each.name === name || keyOf(each) === name);
      return parsed.place(index < 0 ? ['packages', architecture] : ['packages', architecture, index]);
    },
  };
}

/** As dpkg and apt name a package where there are several of its name: one of each architecture may be installed. */
export function keyOf({ name, architecture }: LockedPackage): string {
  return `${name}:${architecture}`;
}

function packageOf(line: string): LockedPackage {
  const [name = '', version = '', architecture = ''] = line.split(' ');
  return { name, version, architecture };
}

/** Git's marks would be a syntax error somewhere in the middle; this says what to do. */
function refuseConflict(text: string, file: string): void {
  const line = text.split('\n').findIndex((each) => conflictMark.test(each));
  if (line < 0) return;
  throw new ProjectError('INGOT_LOCK_CONFLICT', 'the file has conflict marks of a merge', {
    place: { file, line: line + 1, column: 1 },
    help: 'keep either side, and run the target `lock`: it looks the versions up anew',
  });
}

/** The text of a lock: a line for each package, sorted, so that it reads and merges well. */
export function formatPackagesLock({ date, request, packages }: Omit<PackagesLock, 'file' | 'place'>): string {
  const list = (items: readonly string[], indent: string) => items.map((item) => `${indent}- ${scalar(item)}`);
  const architectures = Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    '# The exact packages of the image. The target `lock` looks them up anew, which is how security fixes arrive;',
    '# a build installs these and no others, or says which are gone.',
    'ingot: packages-lock/v1',
    `date: ${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`,
    ...(request
      ? [
          `suite: ${scalar(request.suite)}`,
          `variant: ${scalar(request.variant)}`,
          'sources:',
          ...list(request.sources, '  '),
          request.wanted.length === 0 ? 'wanted: []' : 'wanted:',
          ...list(request.wanted.toSorted(), '  '),
        ]
      : []),
    'packages:',
    ...architectures.flatMap(([architecture, items]) => [
      items.length === 0 ? `  ${architecture}: []` : `  ${architecture}:`,
      ...items
        .toSorted((a, b) => compare(a.name, b.name) || compare(a.architecture, b.architecture))
        .map(({ name, version, architecture: own }) => `    - ${name} ${version} ${own}`),
    ]),
    '',
  ].join('\n');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A YAML scalar of one line. */
function scalar(text: string): string {
  return /^[A-Za-z][\w./+-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text);
}
