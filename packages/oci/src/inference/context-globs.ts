import { posix } from 'node:path';

/** The files of a context as Nx's globs name them: those that match one of `in` and none of `out`. */
export interface ContextGlobs {
  readonly in: readonly string[];
  readonly out: readonly string[];
}

/** All patterns that match every name at the top, and so everything. */
const everything = new Set(['*', '**', '**/*', '*/**']);

/**
 * Globs of the files that a .dockerignore lets in, relative to the context. In Nx's inputs what is out stays out
 * whatever follows, and some patterns mean something else: where it cannot be said exactly the globs name more files
 * than are let in, never fewer. (Docker's reference, § .dockerignore file.)
 * @param dropped a pattern that must not be taken out, since it matches what is an input anyway
 */
export function contextGlobs(dockerignore: string, dropped: (pattern: string) => boolean = () => false): ContextGlobs {
  let inside = ['**/*'];
  let out: string[] = [];
  for (const { pattern, isException } of rules(dockerignore)) {
    if (isException) {
      inside.push(...covering(pattern));
      out = out.filter((glob) => areApart(glob, pattern));
    } else if (everything.has(pattern)) {
      inside = [];
      out = [];
    } else if (isPlain(pattern) && !dropped(pattern)) {
      out.push(...covering(pattern));
    }
  }
  return { in: [...new Set(inside)], out: [...new Set(out)] };
}

/** As moby's patternmatcher and ignorefile read them. */
function rules(dockerignore: string): { pattern: string; isException: boolean }[] {
  return dockerignore
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('#'))
    .flatMap((line) => {
      const isException = line.trim().startsWith('!');
      const written = isException ? line.trim().slice(1).trim() : line.trim();
      if (written === '') return [];
      const pattern = posix.normalize(written).replace(/^\//, '').replace(/\/$/, '');
      return pattern === '' || pattern === '.' || pattern.split('/').includes('..') ? [] : [{ pattern, isException }];
    });
}

/** Means the same to Nx: no classes, escapes, braces or extended globs, and `**` only between slashes. */
function isPlain(pattern: string): boolean {
  return (
    !/[[\](){}!\\|+@]/.test(pattern) &&
    pattern.split('/').every((segment) => segment === '**' || !segment.includes('**'))
  );
}

/** Globs for what the pattern matches and all that is below it; wider where it is not plain. */
function covering(pattern: string): string[] {
  if (!isPlain(pattern)) {
    const segments = pattern.split('/');
    const plain = segments.findIndex((segment) => !isPlain(segment) || segment.includes('**'));
    return [[...segments.slice(0, plain), '**/*'].join('/')];
  }
  if (everything.has(pattern)) return ['**/*'];
  return pattern.endsWith('/**') ? [pattern] : [pattern, `${pattern}/**/*`];
}

/** Surely no file matches both: their first names are without wildcards, and differ. */
function areApart(glob: string, pattern: string): boolean {
  const [a = '', b = ''] = [glob, pattern].map((path) => path.split('/', 1)[0]);
  return a !== b && !/[*?]/.test(a) && isPlain(b) && !/[*?]/.test(b);
}
