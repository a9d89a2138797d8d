import type { NameScheme } from './unique-names.ts';

/**
 * In d-characters: name and extension of a file together (ECMA-119 §7.5.1 and §10.3, level 3). A directory may have 31
 * (§7.6.3), but we give it as many as a file: the record that stands for a moved directory is a file's.
 */
const longest = 30;
const longestKeptExtension = 8;

/**
 * Names of the primary tree, without version: `NAME.EXT` for files (the dot is always there: ECMA-119 §7.5.1), `NAME`
 * and one dot for directories, so that a file and a directory never differ by the dot alone.
 */
export const primaryNames: NameScheme = {
  plain(name, isDirectory) {
    const { stem, extension } = split(name, isDirectory);
    return stem.length + extension.length <= longest ? `${stem}.${extension}` : undefined;
  },
  suffixed(name, isDirectory, suffix) {
    const { stem, extension } = split(name, isDirectory);
    const kept = extension.slice(0, longestKeptExtension);
    return `${stem.slice(0, longest - kept.length - suffix.length - 1)}_${suffix}.${kept}`;
  },
  /** `manifest.yaml` is MANIFEST.YAML, whatever else is there. */
  owns(name, plain) {
    return name === plain.toLowerCase().replace(/\.$/, '');
  },
};

/** The extension is what follows the last dot; a dot at the beginning belongs to the stem, as in `.profile`. */
function split(name: string, isDirectory: boolean): { stem: string; extension: string } {
  const dot = isDirectory ? -1 : name.lastIndexOf('.');
  if (dot <= 0) return { stem: dCharacters(name), extension: '' };
  return { stem: dCharacters(name.slice(0, dot)), extension: dCharacters(name.slice(dot + 1)) };
}

/** ECMA-119 §7.4.1: A to Z, 0 to 9, underscore. One underscore stands for each other character. */
function dCharacters(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase()).replace(/[^A-Z0-9_]/gu, '_');
}

/** ECMA-119 §9.3: by file name, then by extension, each filled with spaces, which sort below every d-character. */
export function comparePrimary(a: string, b: string): number {
  const [stemA = '', extensionA = ''] = a.split('.');
  const [stemB = '', extensionB = ''] = b.split('.');
  return compare(stemA, stemB) || compare(extensionA, extensionB);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** ECMA-119 §9.1.11: a directory's identifier has no dot, a file's has a version number. */
export function encodePrimaryName(name: string, isDirectory: boolean): Uint8Array {
  return Buffer.from(isDirectory ? name.slice(0, -1) : `${name};1`, 'latin1');
}
