import { encodeUcs2 } from '../record/ucs2.ts';
import type { NameScheme } from './unique-names.ts';

/**
 * In UCS-2 characters. The Joliet specification allows 64; 103 are what a directory record holds, and what mkisofs
 * (-joliet-long) and Windows take.
 */
const longest = 103;
const longestKeptExtension = 16;

/** Names of the Joliet tree, without version. */
export const jolietNames: NameScheme = {
  plain(name) {
    const form = jolietCharacters(name);
    return form.length <= longest ? form : undefined;
  },
  suffixed(name, isDirectory, suffix) {
    const form = jolietCharacters(name);
    const dot = isDirectory ? -1 : form.lastIndexOf('.');
    const extension = dot > 0 && form.length - dot <= longestKeptExtension ? form.slice(dot) : '';
    const stem = form.slice(0, form.length - extension.length);
    return `${stem.slice(0, longest - extension.length - suffix.length - 1)}_${suffix}${extension}`;
  },
  owns(name, plain) {
    return name === plain;
  },
};

/**
 * Joliet specification, "Allowed Character Set": no control characters and none of `* / : ; ? \`. UCS-2 has no
 * surrogates, so a character beyond U+FFFF becomes an underscore as well.
 */
export function jolietCharacters(text: string): string {
  return text.replace(/[\u0000-\u001f*/:;?\\]|[\u{10000}-\u{10ffff}]/gu, '_');
}

/** ECMA-119 §9.3 on UCS-2: by file name, then by extension, each filled with zeros (Joliet, "Sort Ordering"). */
export function compareJoliet(a: string, b: string): number {
  const [stemA, extensionA] = split(a);
  const [stemB, extensionB] = split(b);
  return compare(stemA, stemB) || compare(extensionA, extensionB);
}

function split(name: string): [string, string] {
  const dot = name.lastIndexOf('.');
  return dot === -1 ? [name, ''] : [name.slice(0, dot), name.slice(dot + 1)];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** ECMA-119 §9.1.11 in UCS-2: a file's identifier ends with its version number. */
export function encodeJolietName(name: string, isDirectory: boolean): Uint8Array {
  return encodeUcs2(isDirectory ? name : `${name};1`);
}
