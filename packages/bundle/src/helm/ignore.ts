import { filePattern, type FilePattern } from './file-pattern.ts';

/** Whether `helm package` and `helm install` leave a file out. The path is that in the chart. */
export type Ignores = (file: string) => boolean;

interface Pattern {
  readonly negated: boolean;
  readonly foldersOnly: boolean;
  readonly matches: (path: string) => boolean;
}

/**
 * The lines of a .helmignore, with Helm's own `templates/.?*` (v3, pkg/ignore/rules.go): the first line that matches
 * counts, a folder takes all in it along, and `!` leaves out what does not match. Throws an Error for a line that Helm
 * refuses.
 */
export function helmIgnore(text: string): Ignores {
  const lines = text.replace(/^\ufeff/, '').split('\n');
  const patterns = [...lines, 'templates/.?*'].map((line) => line.trim()).flatMap(patternOf);
  return (file) => {
    const names = file.split('/');
    return names.some((_, at) => ignored(names.slice(0, at + 1).join('/'), at + 1 < names.length, patterns));
  };
}

function ignored(path: string, isFolder: boolean, patterns: readonly Pattern[]): boolean {
  for (const { negated, foldersOnly, matches } of patterns) {
    if (negated) {
      if ((foldersOnly && !isFolder) || !matches(path)) return true;
    } else if (!(foldersOnly && !isFolder) && matches(path)) return true;
  }
  return false;
}

function patternOf(line: string): Pattern[] {
  if (line === '' || line.startsWith('#')) return [];
  if (line.includes('**')) throw new Error(`${line}: Helm knows no **`);
  const negated = line.startsWith('!');
  const bare = negated ? line.slice(1) : line;
  const foldersOnly = bare.endsWith('/');
  const wanted = foldersOnly ? bare.slice(0, -1) : bare;
  const pattern = readPattern(wanted.replace(/^\//, ''), line);
  const whole = wanted.includes('/');
  const matches = (path: string): boolean => pattern(whole ? path : path.slice(path.lastIndexOf('/') + 1));
  return [{ negated, foldersOnly, matches }];
}

function readPattern(wanted: string, line: string): FilePattern {
  try {
    return filePattern(wanted);
  } catch {
    throw new Error(`${line}: Helm cannot read it`);
  }
}
