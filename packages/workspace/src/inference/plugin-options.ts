import { ProjectError } from '../error.ts';
import { didYouMean } from '../nearest.ts';
import { formatError } from '../report/format-error.ts';

/**
 * Refuses options in nx.json that the plugin does not have: silence would let a misspelt one look as if it worked.
 * Throws an Error whose message has code, place and remedy (INGOT_OPTION_UNKNOWN): Nx prints the message alone.
 */
export function checkPluginOptions(plugin: string, options: object | undefined, known: readonly string[]): void {
  const unknown = Object.keys(options ?? {}).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const message = `${plugin} has no option "${unknown}"${didYouMean(unknown, known)}`;
  const error = new ProjectError('INGOT_OPTION_UNKNOWN', message, {
    path: 'nx.json',
    help: `options: ${known.join(', ')}`,
  });
  throw new Error(formatError(error), { cause: error });
}
