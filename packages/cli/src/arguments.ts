import { parseArgs } from 'node:util';
import { didYouMean } from '@ingot/workspace';
import { UsageError } from './error.ts';
import type { Verb, VerbArguments } from './verb.ts';

/** The verb that is asked for and its arguments. Throws UsageError, naming the nearest verb or option. */
export function parseVerb(args: readonly string[], verbs: readonly Verb[]): VerbArguments & { verb: Verb } {
  const [name = '', ...rest] = args;
  const verb = verbs.find((one) => one.name === name);
  if (verb === undefined) {
    const names = verbs.map((one) => one.name);
    const what = name.startsWith('-') ? 'option' : 'verb';
    throw new UsageError(
      `there is no ${what} "${name}"${didYouMean(name, names)}`,
      'ingot --help shows what there is.',
    );
  }
  return { verb, ...parseOptions(verb, rest) };
}

function parseOptions(verb: Verb, args: string[]): VerbArguments {
  const options = Object.fromEntries(
    Object.entries(verb.options).map(([name, { type, short }]) => [
      name,
      { type, ...(short === undefined ? {} : { short }) },
    ]),
  );
  const help = `ingot ${verb.name} --help shows what it takes.`;
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
    return { values: values, positionals };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code?.startsWith('ERR_PARSE_ARGS') !== true) throw error;
    const [, unknown] = /^Unknown option '-{1,2}([^']*)'/.exec(message) ?? [];
    if (unknown === undefined) throw new UsageError(message, help);
    throw new UsageError(
      `ingot ${verb.name} has no option "${unknown}"${didYouMean(unknown, Object.keys(verb.options))}`,
      help,
    );
  }
}

/** The first positional argument, and the others. Throws UsageError where there is none: `what` is wanted. */
export function firstArgument(
  { name, synopsis }: Verb,
  { positionals }: VerbArguments,
  what: string,
): readonly [first: string, ...others: string[]] {
  const [first, ...others] = positionals;
  if (first === undefined) throw new UsageError(`name ${what}`, `Usage: ingot ${name} ${synopsis}`);
  return [first, ...others];
}

/** The only positional argument. Throws UsageError. */
export function oneArgument(verb: Verb, args: VerbArguments, what: string): string {
  const [first, ...more] = firstArgument(verb, args, what);
  refuseMore(verb, more);
  return first;
}

/** The two positional arguments. Throws UsageError. */
export function twoArguments(
  verb: Verb,
  args: VerbArguments,
  [one, other]: readonly [string, string],
): readonly [string, string] {
  const [first, ...others] = firstArgument(verb, args, `${one} and ${other}`);
  const [second, ...more] = firstArgument(verb, { ...args, positionals: others }, other);
  refuseMore(verb, more);
  return [first, second];
}

/** Throws UsageError where there are more arguments than the verb knows what to do with. */
export function refuseMore(verb: Verb, more: readonly string[]): void {
  if (more.length === 0) return;
  throw new UsageError(`"${more[0]}" is one argument too many`, `Usage: ingot ${verb.name} ${verb.synopsis}`);
}
