import { posix } from 'node:path';

import { listOf, recordOf, referenceToLock, sourcePath } from '@ingot/workspace/inference';

/** What inference needs of a solution.yaml. It is not checked here: a mistake fails the Solution's own targets. */
export interface SolutionFacts {
  readonly name?: string;
  readonly version?: string;
  /** The Nx projects whose images it takes. */
  readonly projects: readonly string[];
  /** What lies in the project and goes into the plan, relative to the project's root: the operator's folder, files, archives. */
  readonly paths: readonly string[];
  readonly buildInfo: readonly string[];
  /** The images of registries that ingot.lock pins. */
  readonly toLock: readonly string[];
  /** An image comes from outside of what can be hashed. */
  readonly volatile: boolean;
}

/** Takes the facts out of a file's plain value, which may be anything. */
export function solutionFacts(value: unknown): SolutionFacts {
  const file = recordOf(value);
  const sources = listOf(file['images']).map((image) => text(recordOf(image)['from']) ?? '');
  const deploy = text(recordOf(file['operator'])['deploy']);
  return {
    ...optional('name', text(file['name'])),
    ...optional('version', text(file['version'])),
    projects: unique(
      sources
        .filter((source) => source.startsWith('project:'))
        .map((source) => source.slice('project:'.length))
        .filter(isPlainName),
    ),
    paths: unique(
      [
        ...(deploy === undefined ? [] : [deploy]),
        ...listOf(file['files']).flatMap((each) => text(recordOf(each)['from']) ?? []),
        ...sources.flatMap((source) => sourcePath(source) ?? []),
      ].map((path) => posix.normalize(path).replace(/\/$/, '')),
    ).filter(staysInside),
    buildInfo: unique(listOf(file['buildInfo']).flatMap((each) => text(each) ?? [])),
    toLock: unique(sources.flatMap((source) => referenceToLock(source) ?? [])),
    volatile: sources.some((source) => source.startsWith('docker-daemon:')),
  };
}

/** Nx takes `*`, `!name` and `tag:name` for patterns; as names of projects they are an error of `plan`. */
function isPlainName(name: string): boolean {
  return /^[^!*?[\]{}()|]+$/.test(name) && !name.startsWith('tag:');
}

/** Paths that leave the project are an error of `plan`; as inputs Nx would choke on them. */
function staysInside(path: string): boolean {
  return path !== '' && !path.startsWith('/') && !path.split('/').includes('..');
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}

function optional<Key extends string>(key: Key, value: string | undefined): { [key in Key]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { [key in Key]: string });
}
