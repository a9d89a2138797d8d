import { isAbsolute, relative } from 'node:path';
import type { Place } from '../error.ts';

/** What every error of Ingot's packages may carry, whichever class it has. */
interface Facts {
  readonly code?: unknown;
  readonly place?: Place;
  readonly path?: unknown;
  readonly help?: unknown;
}

export interface FormatErrorOptions {
  /** Paths are shown relative to this folder. Default: the process's. */
  readonly cwd?: string;
  /** Whether errors that nobody foresaw show their stack. Default: NX_VERBOSE_LOGGING=true. */
  readonly verbose?: boolean;
}

/**
 * An error as a compiler would print it, one block for each error of an AggregateError:
 *
 *     examples/x/solution.yaml:7:5  INGOT_PROJECT_UNKNOWN  no project "foo"; did you mean "food"?
 *       help: …
 *
 * Takes any thrown value; works on the errors of every package by their `code`, `place`, `path` and `help`.
 */
export function formatError(error: unknown, options: FormatErrorOptions = {}): string {
  if (error instanceof AggregateError) return error.errors.map((each) => formatError(each, options)).join('\n');
  if (!(error instanceof Error)) return `error: ${String(error)}`;
  const facts = error as Error & Facts;
  const ours = typeof facts.code === 'string' && facts.code.startsWith('INGOT_');
  const verbose = options.verbose ?? process.env['NX_VERBOSE_LOGGING'] === 'true';
  if (!ours) return verbose && error.stack ? error.stack : `error: ${error.message}`;

  const where = location(facts, options.cwd ?? process.cwd());
  const head = [...(where ? [where] : []), facts.code, error.message].join('  ');
  const help = typeof facts.help === 'string' ? facts.help.split('\n').map((line) => `  help: ${line}`) : [];
  return [head, ...help, ...(verbose && error.stack ? [error.stack] : [])].join('\n');
}

function location(facts: Facts, cwd: string): string | undefined {
  const place = facts.place;
  if (place) return `${shown(place.file, cwd)}:${place.line}:${place.column}`;
  return typeof facts.path === 'string' ? shown(facts.path, cwd) : undefined;
}

/** The shorter of the relative and the absolute path. */
function shown(path: string, cwd: string): string {
  if (!isAbsolute(path)) return path;
  const short = relative(cwd, path);
  return short === '' || short.length > path.length ? path : short;
}
