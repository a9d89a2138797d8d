import { ProjectError } from '../error.ts';

/**
 * The names of a plugin's targets: the defaults, or what the plugin's options in nx.json say (`imageTarget` for
 * `image`). Throws ProjectError INGOT_TARGET_NAME for a name that is no text, or is given twice.
 */
export function targetNames<Name extends string>(
  defaults: readonly Name[],
  options: Readonly<Record<string, unknown>> | undefined,
): Record<Name, string> {
  const names = Object.fromEntries(defaults.map((name) => [name, options?.[`${name}Target`] ?? name]));
  const values = Object.values(names);
  for (const [name, value] of Object.entries(names)) {
    if (typeof value === 'string' && /^[^\s:]+$/.test(value) && values.indexOf(value) === values.lastIndexOf(value))
      continue;
    throw new ProjectError('INGOT_TARGET_NAME', `"${name}Target": ${JSON.stringify(value)} cannot name a target`, {
      path: 'nx.json',
      help: 'a target name is a text without spaces and colons, another one for each target of the plugin',
    });
  }
  return names as Record<Name, string>;
}
