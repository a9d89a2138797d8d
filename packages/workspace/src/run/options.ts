import { ProjectError } from '../error.ts';
import { didYouMean } from '../nearest.ts';

/**
 * Checks what Nx's own check of executor options would crash a batch over: unknown names, and values that are none of
 * a few. Throws ProjectError INGOT_OPTION_UNKNOWN, INGOT_OPTION_VALUE.
 * @param known each option, with its possible values where there are only a few
 */
export function checkOptions(options: object, known: Readonly<Record<string, readonly string[] | undefined>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (name.startsWith('_') || name === 'verbose') continue; // Nx's own.
    if (!Object.hasOwn(known, name)) {
      const hint = didYouMean(name, Object.keys(known));
      throw new ProjectError('INGOT_OPTION_UNKNOWN', `unknown option "${name}"${hint}`, {
        help: `options: ${Object.keys(known).join(', ')}`,
      });
    }
    const values = known[name];
    if (!values || value === undefined || values.includes(String(value))) continue;
    throw new ProjectError('INGOT_OPTION_VALUE', `${name}: "${String(value)}" is none of ${values.join(', ')}`);
  }
}
