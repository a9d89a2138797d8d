import { IsoError } from '../error.ts';

/**
 * A name that can stand in a path. One that could lead out of its folder, or mean another path than it shows, is an
 * error and not repaired: no tool writes such names, and a repaired name could hide another file.
 * Throws INGOT_ISO_NAME. `folder`: where the name was found, for the message.
 */
export function checkedName(name: string, folder: string): string {
  if (name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name)) return name;
  throw new IsoError('INGOT_ISO_NAME', `an entry of "/${folder}" has the name ${JSON.stringify(name)}`, {
    path: folder,
    help: 'The image is damaged or hostile: copy it again, or do not trust it.',
  });
}

/** ECMA-119 §7.5.1: `NAME.EXT;1` without its version, and without the full stop that ends a name with no extension. */
export function withoutVersion(identifier: string): string {
  const name = identifier.replace(/;\d{1,5}$/, '');
  return name.length > 1 && name !== identifier ? name.replace(/(?<=[^.])\.$/, '') : name;
}
